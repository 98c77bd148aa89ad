package io.kiss.cluster.evaluate;

import io.kiss.kisim.scenario.ProfileFile;
import io.kiss.kisim.serving.ServiceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Finds the service profile that {@code --profile} names. */
final class ProfileChoice {
  static final String USUAL = "resnet50-t4";

  private ProfileChoice() {}

  /**
   * The profile of a name, a file with one, or {@code file#name}.
   *
   * @param folder of the profiles that go by their names
   * @throws IllegalArgumentException with a sentence that says what there is instead
   */
  static ServiceModel find(String text, Path folder) {
    int hash = text.lastIndexOf('#');
    String file = hash < 0 ? text : text.substring(0, hash);
    if (hash >= 0 || file.contains("/") || file.endsWith(".conf")) {
      return ofFile(Path.of(file), hash < 0 ? "" : text.substring(hash + 1));
    }
    Map<String, ServiceModel> known = new TreeMap<>();
    for (Path each : files(folder)) {
      known.putAll(ProfileFile.read(each));
    }
    ServiceModel found = known.get(text);
    if (found == null) {
      throw new IllegalArgumentException(
          "--profile: there is no profile "
              + text
              + " in "
              + folder
              + ", only "
              + String.join(", ", known.keySet()));
    }
    return found;
  }

  private static ServiceModel ofFile(Path file, String name) {
    Map<String, ServiceModel> profiles = ProfileFile.read(file);
    if (name.isEmpty() && profiles.size() == 1) {
      return profiles.values().iterator().next();
    }
    ServiceModel found = profiles.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          "--profile: "
              + file
              + (name.isEmpty() ? " has several; write FILE#NAME with one of " : " has only ")
              + String.join(", ", profiles.keySet()));
    }
    return found;
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return new ArrayList<>(
          files.filter(file -> file.toString().endsWith(".conf")).sorted().toList());
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "--profile: the folder " + folder + " cannot be read; name a file instead", e);
    }
  }
}
