package io.kiss.cluster.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonPatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * As much of kustomize as the manifests use: resources, components, JSON patches by kind, name and
 * label, and images. What it does not know it refuses, so that no manifest comes to rely on it.
 */
final class Kustomization {
  private static final Set<String> KNOWN =
      Set.of("apiVersion", "kind", "resources", "components", "patches", "images");

  private Kustomization() {}

  /** The objects that {@code kubectl apply -k folder} would apply, in order. */
  static List<JsonNode> render(Path folder) {
    JsonNode kustomization = DeployFiles.documents(folder.resolve("kustomization.yaml")).get(0);
    Iterator<String> keys = kustomization.fieldNames();
    while (keys.hasNext()) {
      String key = keys.next();
      if (!KNOWN.contains(key)) {
        throw new IllegalArgumentException(folder + " uses " + key + ", which is not known here");
      }
    }
    List<JsonNode> objects = new ArrayList<>();
    for (JsonNode resource : kustomization.path("resources")) {
      Path path = folder.resolve(resource.asText()).normalize();
      objects.addAll(Files.isDirectory(path) ? render(path) : DeployFiles.documents(path));
    }
    for (JsonNode component : kustomization.path("components")) {
      patch(
          objects,
          DeployFiles.documents(
                  folder.resolve(component.asText()).normalize().resolve("kustomization.yaml"))
              .get(0)
              .path("patches"));
    }
    patch(objects, kustomization.path("patches"));
    for (JsonNode image : kustomization.path("images")) {
      objects.forEach(object -> rename(object, image));
    }
    return objects;
  }

  private static void patch(List<JsonNode> objects, JsonNode patches) {
    for (JsonNode patch : patches) {
      JsonNode target = patch.path("target");
      int applied = 0;
      for (int i = 0; i < objects.size(); i++) {
        if (isTarget(target, objects.get(i))) {
          JsonNode operations = DeployFiles.yaml(patch.path("patch").asText());
          objects.set(i, JsonPatch.apply(operations, objects.get(i)));
          applied++;
        }
      }
      if (applied == 0) {
        throw new IllegalArgumentException("a patch has no target: " + target);
      }
    }
  }

  private static boolean isTarget(JsonNode target, JsonNode object) {
    JsonNode metadata = object.path("metadata");
    if (!target.path("kind").asText().equals(object.path("kind").asText())) {
      return false;
    }
    if (target.has("name") && !target.path("name").equals(metadata.path("name"))) {
      return false;
    }
    String[] label = target.path("labelSelector").asText("=").split("=", 2);
    return label[0].isEmpty() || metadata.path("labels").path(label[0]).asText().equals(label[1]);
  }

  private static void rename(JsonNode object, JsonNode image) {
    for (JsonNode container : object.at("/spec/template/spec/containers")) {
      if (container
          .path("image")
          .asText()
          .replaceFirst(":.*", "")
          .equals(image.path("name").asText())) {
        ((ObjectNode) container)
            .put("image", image.path("newName").asText() + ":" + image.path("newTag").asText());
      }
    }
  }
}
