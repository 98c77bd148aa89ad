package io.kiss.cluster.live;

import io.kiss.actors.protocol.ServiceProfile;
import io.kiss.kisim.scenario.ProfileFile;
import io.kiss.kisim.serving.ServiceModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the profiles of {@code conf/profiles} say that one replica can do. */
public final class ServiceProfiles {
  private final Path folder;

  public ServiceProfiles(Path folder) {
    this.folder = folder;
  }

  /**
   * The profile of that name.
   *
   * @throws IllegalArgumentException with a sentence naming those there are
   */
  public ServiceProfile find(String name) {
    Map<String, ServiceModel> known = new TreeMap<>();
    for (Path file : files()) {
      known.putAll(ProfileFile.read(file));
    }
    ServiceModel model = known.get(name);
    if (model == null) {
      throw new IllegalArgumentException(
          "there is no profile '%s' in conf/profiles, only %s"
              .formatted(name, String.join(", ", known.keySet())));
    }
    return new ServiceProfile(
        name, model.loneLatencySeconds(), model.podCapacity(), model.startUp().meanSeconds());
  }

  private List<Path> files() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".conf")).sorted().toList();
    } catch (IOException e) {
      throw new IllegalArgumentException("the folder conf/profiles cannot be read", e);
    }
  }
}
