package io.kiss.cluster.prometheus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The templates there are, by name: the files of a folder, read once. */
public final class MetricsSources {
  static final String SUFFIX = ".conf";

  private final Path folder;
  private final Map<String, MetricsSource> known;

  private MetricsSources(Path folder, Map<String, MetricsSource> known) {
    this.folder = folder;
    this.known = known;
  }

  /** Those of the installation, {@code conf/metrics} under the system property kiss.home. */
  public static MetricsSources ofInstallation() {
    return read(Path.of(System.getProperty("kiss.home", "."), "conf", "metrics"));
  }

  /**
   * Reads every {@code NAME.conf} of a folder.
   *
   * @throws IllegalArgumentException naming file, line and key of what cannot be used
   */
  public static MetricsSources read(Path folder) {
    Map<String, MetricsSource> known = new TreeMap<>();
    for (Path file : files(folder)) {
      MetricsSource source = SourceFile.read(file);
      known.put(source.name(), source);
    }
    if (known.isEmpty()) {
      throw new IllegalArgumentException("the folder " + folder + " has no template of metrics");
    }
    return new MetricsSources(folder, known);
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the folder " + folder + " with the templates of metrics cannot be read", e);
    }
  }

  /** Names of the templates. */
  public Set<String> names() {
    return Set.copyOf(known.keySet());
  }

  /**
   * Refuses a source that cannot be used, such as an attachment's before it is stored.
   *
   * @throws IllegalArgumentException with a sentence that lists the known ones
   */
  public void require(String name) {
    find(name);
  }

  /**
   * The source of a name, or of several as in {@code triton+istio}, of which a later one wins.
   *
   * @throws IllegalArgumentException with a sentence that lists the known ones
   */
  MetricsSource find(String name) {
    List<MetricsSource> parts = new ArrayList<>();
    for (String part : name.split("\\+", -1)) {
      MetricsSource source = known.get(part.strip());
      if (source == null) {
        throw new IllegalArgumentException(
            "there is no metrics source '%s' in %s, only %s; several go together by +"
                .formatted(part.strip(), folder, String.join(", ", known.keySet())));
      }
      parts.add(source);
    }
    return MetricsSource.together(name, parts);
  }
}
