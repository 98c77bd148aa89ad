package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The fields that docs/command-json.md names, and those that a command printed. */
public final class DocumentedFields {
  private static final Path DOCUMENT = Path.of("..", "docs", "command-json.md");
  private static final Pattern CELL = Pattern.compile("(?m)^\\| (`[^|]*)\\|");
  private static final Pattern FIELD = Pattern.compile("`([^`]+)`");

  private DocumentedFields() {}

  /** The fields in the table under the heading that is the command's name. */
  public static Set<String> of(String command) throws IOException {
    String section = Files.readString(DOCUMENT).split("(?m)^## " + command + "$", 2)[1];
    Set<String> fields = new TreeSet<>();
    Matcher cell = CELL.matcher(section.split("(?m)^## ", 2)[0]);
    while (cell.find()) {
      FIELD.matcher(cell.group(1)).results().forEach(field -> fields.add(field.group(1)));
    }
    return fields;
  }

  /** The fields of one JSON document that is all of {@code text}; of a list, those of its items. */
  public static Set<String> in(String text) throws IOException {
    Set<String> fields = new TreeSet<>();
    collect("", strictly(text), fields);
    return fields;
  }

  /** The text as one JSON document with nothing after it. */
  public static JsonNode strictly(String text) throws IOException {
    return new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).readTree(text);
  }

  private static void collect(String prefix, JsonNode node, Set<String> fields) {
    if (node.isArray()) {
      node.forEach(item -> collect(prefix, item, fields));
    }
    node.properties()
        .forEach(
            field -> {
              fields.add(prefix + field.getKey());
              collect(prefix + field.getKey() + ".", field.getValue(), fields);
            });
  }
}
