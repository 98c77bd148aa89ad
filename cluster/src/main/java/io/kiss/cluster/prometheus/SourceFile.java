package io.kiss.cluster.prometheus;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.kiss.kisim.text.Spelling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a template; errors name file, line and key. */
final class SourceFile {
  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";

  /** A metric with matchers and nothing else: of an expression, timestamp() tells the query's. */
  private static final Pattern SELECTOR =
      Pattern.compile(NAME + "\\s*(\\{([^{}\"]|\"([^\"\\\\]|\\\\.)*\")*\\})?", Pattern.DOTALL);

  private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
  private static final Map<String, Double> DIVISORS =
      Map.of("seconds", 1.0, "milliseconds", 1000.0, "share", 1.0, "percent", 100.0);

  private static final String NO_PARTS = "must not have $part: only a histogram has parts";

  private final String name;
  private Grouping grouping = new Grouping(Grouping.By.POD, List.of("pod"));

  private SourceFile(String name) {
    this.name = name;
  }

  /**
   * Reads {@code NAME.conf}.
   *
   * @throws IllegalArgumentException naming file, line and key of what cannot be used
   */
  static MetricsSource read(Path file) {
    String fileName = file.getFileName().toString();
    String name = fileName.substring(0, fileName.length() - MetricsSources.SUFFIX.length());
    try {
      Config config =
          ConfigFactory.parseFile(
                  file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
              .resolve();
      return new SourceFile(name).source(config.root());
    } catch (ConfigException e) {
      String where = e.origin() == null ? file.toString() : where(e.origin());
      String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      String reason =
          e.origin() == null ? message : message.replace(e.origin().description() + ": ", "");
      throw new IllegalArgumentException(where + ": is not valid HOCON: " + reason, e);
    }
  }

  private MetricsSource source(ConfigObject root) {
    requireKnown(root, "", List.of("description", "by", "labels", "figures"));
    if (root.containsKey("description")) {
      text(root, "", "description");
    }
    grouping = grouping(root);
    ConfigObject described = object(root, "", "figures");
    requireKnown(described, "figures.", Figure.keys());
    Map<Figure, FigureQuery> figures = new EnumMap<>(Figure.class);
    for (String key : described.keySet()) {
      Figure figure = Figure.ofKey(key).orElseThrow();
      ConfigObject at = object(described, "figures.", key);
      String path = "figures." + key + ".";
      figures.put(figure, figure == Figure.AGE ? age(at, path) : query(figure, at, path));
    }
    if (figures.containsKey(Figure.ARRIVALS) != figures.containsKey(Figure.AGE)) {
      throw refused(
          described.origin(), "figures", "must have arrivals and age together, or neither");
    }
    if (figures.isEmpty()) {
      throw refused(described.origin(), "figures", "has none");
    }
    return new MetricsSource(name, figures);
  }

  private static Grouping grouping(ConfigObject root) {
    Grouping.By by = Grouping.By.POD;
    if (root.containsKey("by")) {
      by = choice(root, "", "by", Grouping.By.class);
    }
    List<String> labels =
        root.containsKey("labels")
            ? texts(root, "", "labels")
            : List.of(by.name().toLowerCase(Locale.ROOT));
    for (String label : labels) {
      if (!LABEL.matcher(label).matches()) {
        throw refused(root.get("labels").origin(), "labels", "'" + label + "' is no label's name");
      }
    }
    return new Grouping(by, labels);
  }

  private enum Counted {
    RECEIVED,
    ANSWERED
  }

  private FigureQuery query(Figure figure, ConfigObject at, String path) {
    List<String> keys = new ArrayList<>(List.of("promql"));
    boolean arrivals = figure == Figure.ARRIVALS;
    boolean inUnits = figure == Figure.LATENCY || figure == Figure.GPU;
    if (arrivals) {
      keys.add("counted");
    }
    if (inUnits) {
      keys.add("unit");
    }
    requireKnown(at, path, keys);
    String promql = placeholders(at, path, "promql", text(at, path, "promql"));
    if (!promql.contains("$by")) {
      throw refused(
          at.get("promql").origin(), path + "promql", "must group by ($by), or nobody's it is");
    }
    if (figure != Figure.LATENCY && promql.contains("$part")) {
      throw refused(at.get("promql").origin(), path + "promql", NO_PARTS);
    }
    boolean answered = arrivals && choice(at, path, "counted", Counted.class) == Counted.ANSWERED;
    double divisor = inUnits ? divisor(figure, at, path) : 1;
    return new FigureQuery(name, promql, grouping, divisor, answered);
  }

  private static double divisor(Figure figure, ConfigObject at, String path) {
    List<String> units =
        figure == Figure.GPU ? List.of("share", "percent") : List.of("seconds", "milliseconds");
    String unit = text(at, path, "unit");
    if (!units.contains(unit)) {
      throw refused(
          at.get("unit").origin(),
          path + "unit",
          "must be " + String.join(" or ", units) + ", not '" + unit + "'");
    }
    return DIVISORS.get(unit);
  }

  /** Built here, so that it is the samples' time by construction. */
  private FigureQuery age(ConfigObject at, String path) {
    requireKnown(at, path, List.of("samples"));
    List<String> newest = new ArrayList<>();
    for (String selector : texts(at, path, "samples")) {
      if (!SELECTOR.matcher(selector.strip()).matches()) {
        throw refused(
            at.get("samples").origin(),
            path + "samples",
            "'%s' must be a metric with matchers, no expression: only of samples is the time known"
                .formatted(selector.strip()));
      }
      placeholders(at, path, "samples", selector);
      if (selector.contains("$part")) {
        throw refused(at.get("samples").origin(), path + "samples", NO_PARTS);
      }
      newest.add("max by ($by) (timestamp(" + selector.strip() + "$offset))");
    }
    String promql = "time() - (" + String.join(" or ", newest) + ")";
    return new FigureQuery(name, promql, grouping, 1, false);
  }

  private static String placeholders(ConfigObject at, String path, String key, String promql) {
    Matcher used = FigureQuery.PLACEHOLDER.matcher(promql);
    while (used.find()) {
      if (!FigureQuery.PLACEHOLDERS.contains(used.group(1))) {
        throw refused(
            at.get(key).origin(),
            path + key,
            "has the unknown placeholder $%s; there are $%s"
                .formatted(
                    used.group(1), String.join(", $", new TreeSet<>(FigureQuery.PLACEHOLDERS))));
      }
    }
    return promql;
  }

  private static void requireKnown(ConfigObject at, String path, Collection<String> known) {
    for (Map.Entry<String, ConfigValue> entry : at.entrySet()) {
      if (!known.contains(entry.getKey())) {
        String hint =
            Spelling.closest(entry.getKey(), known)
                .map(closest -> "is unknown; is " + closest + " meant?")
                .orElse("is unknown; known here are " + String.join(", ", new TreeSet<>(known)));
        throw refused(entry.getValue().origin(), path + entry.getKey(), hint);
      }
    }
  }

  private static ConfigValue required(ConfigObject at, String path, String key) {
    ConfigValue value = at.get(key);
    if (value == null || value.valueType() == ConfigValueType.NULL) {
      throw refused(at.origin(), path + key, "is missing");
    }
    return value;
  }

  private static ConfigObject object(ConfigObject at, String path, String key) {
    ConfigValue value = required(at, path, key);
    if (value instanceof ConfigObject object) {
      return object;
    }
    throw refused(value.origin(), path + key, "must be an object { … }");
  }

  private static String text(ConfigObject at, String path, String key) {
    ConfigValue value = required(at, path, key);
    if (value.unwrapped() instanceof String text && !text.isBlank()) {
      return text.strip();
    }
    throw refused(value.origin(), path + key, "must be text");
  }

  private static List<String> texts(ConfigObject at, String path, String key) {
    ConfigValue value = required(at, path, key);
    List<String> texts = new ArrayList<>();
    if (value instanceof ConfigList list) {
      for (ConfigValue element : list) {
        if (element.unwrapped() instanceof String text && !text.isBlank()) {
          texts.add(text);
        }
      }
      if (texts.size() == list.size() && !texts.isEmpty()) {
        return texts;
      }
    }
    throw refused(value.origin(), path + key, "must be a list [ … ] of texts, one at least");
  }

  private static <E extends Enum<E>> E choice(
      ConfigObject at, String path, String key, Class<E> type) {
    String text = text(at, path, key);
    List<String> choices = new ArrayList<>();
    for (E each : type.getEnumConstants()) {
      String choice = each.name().toLowerCase(Locale.ROOT);
      if (choice.equals(text)) {
        return each;
      }
      choices.add(choice);
    }
    throw refused(
        at.get(key).origin(),
        path + key,
        "must be " + String.join(" or ", choices) + ", not '" + text + "'");
  }

  private static IllegalArgumentException refused(ConfigOrigin origin, String key, String why) {
    return new IllegalArgumentException(where(origin) + ": " + key + " " + why);
  }

  private static String where(ConfigOrigin origin) {
    String file = origin.filename() == null ? origin.description() : origin.filename();
    return origin.lineNumber() > 0 && origin.filename() != null
        ? file + ":" + origin.lineNumber()
        : file;
  }
}
