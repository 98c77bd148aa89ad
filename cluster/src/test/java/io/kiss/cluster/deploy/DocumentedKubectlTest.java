package io.kiss.cluster.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The {@code kubectl} commands of conf/kubernetes, run by a real {@code kubectl} as far as it goes
 * without a cluster, and held to the manifests. What they apply is put to a real API server by
 * {@link KubernetesApiTest}.
 */
class DocumentedKubectlTest {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```");

  private static List<String> commands() {
    Matcher block = BLOCK.matcher(DeployFiles.text("conf/kubernetes/README.md"));
    assertThat(block.find()).isTrue();
    return block
        .group(1)
        .replace("\\\n", " ")
        .lines()
        .map(line -> line.replaceFirst("\\s+#.*", "").strip())
        .toList();
  }

  private static List<String> commands(String begin) {
    List<String> found = commands().stream().filter(line -> line.startsWith(begin)).toList();
    assertThat(found).as(begin).isNotEmpty();
    return found;
  }

  private static String run(String command) throws Exception {
    assumeTrue(
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "kubectl"))),
        "kubectl is not installed");
    Process process =
        new ProcessBuilder("/bin/sh", "-c", command)
            .directory(DeployFiles.ROOT.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(command).isZero();
    return said;
  }

  /** By kind and name. */
  private static Map<String, JsonNode> byName(List<JsonNode> objects) {
    Map<String, JsonNode> named = new TreeMap<>();
    objects.forEach(
        object ->
            named.put(
                object.path("kind").asText() + "/" + object.at("/metadata/name").asText(), object));
    return named;
  }

  private static List<JsonNode> overlay() {
    return Kustomization.render(KubernetesManifestsTest.FOLDER.resolve("overlays/cpu"));
  }

  /** Every key of Secret kiss that any object refers to. */
  private static void keys(JsonNode node, Set<String> keys) {
    JsonNode reference = node.path("secretKeyRef");
    if (reference.path("name").asText().equals("kiss")) {
      keys.add(reference.path("key").asText());
    }
    node.forEach(child -> keys(child, keys));
  }

  @Test
  void theNamespaceAndTheSecretAreThoseOfTheManifests() throws Exception {
    String namespace = commands("kubectl create namespace").get(0);
    assertThat(run(namespace + " --dry-run=client -o name").strip()).isEqualTo("namespace/kiss");
    assertThat(byName(overlay())).containsKey("Namespace/kiss");
    String secret = commands("kubectl -n kiss create secret").get(0);
    JsonNode made = DeployFiles.yaml(run(secret + " --dry-run=client -o json"));
    Set<String> wanted = new TreeSet<>();
    overlay().forEach(object -> keys(object, wanted));
    Kustomization.render(KubernetesManifestsTest.FOLDER.resolve("postgres"))
        .forEach(object -> keys(object, wanted));
    Set<String> there = new TreeSet<>();
    made.path("data").fieldNames().forEachRemaining(there::add);
    assertThat(there).isEqualTo(wanted);
    assertThat(made.at("/metadata/namespace").asText()).isEqualTo("kiss");
  }

  @Test
  void whatIsAppliedIsWhatTheTestsOfTheManifestsLookAt() throws Exception {
    List<String> applied = new ArrayList<>(commands("kubectl apply -k"));
    applied.add("kubectl apply -k conf/kubernetes/overlays/gpu");
    for (String command : applied) {
      String folder = command.replaceFirst("kubectl apply -k ", "");
      Path file = Files.createTempFile("kiss", ".yaml");
      Files.writeString(file, run("kubectl kustomize " + folder));
      Map<String, JsonNode> real = byName(DeployFiles.documents(file));
      Files.delete(file);
      assertThat(real)
          .as(folder)
          .isEqualTo(byName(Kustomization.render(DeployFiles.ROOT.resolve(folder))));
    }
  }

  @Test
  void whatIsForwardedAndScaledIsThere() {
    Map<String, JsonNode> objects = byName(overlay());
    String[] forward = commands("kubectl -n kiss port-forward").get(0).split(" ");
    assertThat(forward[4]).isEqualTo("service/kiss");
    assertThat(objects.get("Service/kiss").at("/spec/ports"))
        .anySatisfy(port -> assertThat(port.path("port").asText()).isEqualTo(forward[5]));
    String[] scale = commands("kubectl -n kiss scale").get(0).split(" ");
    assertThat(scale[4]).isEqualTo("deployment");
    assertThat(objects).containsKey("Deployment/" + scale[5]);
  }
}
