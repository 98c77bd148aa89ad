package io.kiss.cluster.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The checkout's files that a deployment is made of. */
final class DeployFiles {
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Pattern TOLD = Pattern.compile("\\$\\{\\?(KISS_[A-Z_]+)}");

  private DeployFiles() {}

  static String text(String name) {
    try {
      return Files.readString(ROOT.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The documents of a YAML file, empty ones left out. Merge keys are not followed. */
  static List<JsonNode> documents(Path file) {
    try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
      List<JsonNode> all = new ArrayList<>();
      while (documents.hasNext()) {
        JsonNode document = documents.next();
        if (!document.isNull() && !document.isMissingNode()) {
          all.add(document);
        }
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + e.getMessage(), e);
    }
  }

  static JsonNode yaml(String text) {
    try {
      return YAML.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<JsonNode> each(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }

  static Set<String> matches(Pattern pattern, String text) {
    Set<String> found = new TreeSet<>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  /** Variables that a node, or the launcher before it, reads from its environment. */
  static Set<String> variablesOfANode() {
    Set<String> variables = new TreeSet<>(Set.of("KISS_JAVA_OPTS", "KISS_NATIVES"));
    try (Stream<Path> files =
        Files.find(
            ROOT,
            6,
            (path, attributes) ->
                path.toString().endsWith(".conf")
                    && path.toString().contains("src/main/resources"))) {
      files.forEach(
          file -> variables.addAll(matches(TOLD, text(ROOT.relativize(file).toString()))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return variables;
  }
}
