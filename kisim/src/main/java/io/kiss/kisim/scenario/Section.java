package io.kiss.kisim.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import io.kiss.kisim.text.Spelling;
import io.kiss.kisim.time.Delay;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One object of a HOCON file, read key by key: what was not asked for by {@link #done} is unknown.
 */
final class Section {
  private static final Pattern BARE =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
  private static final Pattern LENGTH = Pattern.compile(BARE + " *[a-zA-Z]+");
  private static final int LONGEST_DAYS = 3650;
  private static final double LONGEST_SECONDS = 86_400.0 * LONGEST_DAYS;

  private final Config config;
  private final String path;
  private final Set<String> known = new TreeSet<>();

  Section(Config config, String path) {
    this.config = config;
    this.path = path;
  }

  /** Whether the key is there. */
  boolean has(String key) {
    known.add(key);
    return config.root().containsKey(key);
  }

  /** The object at {@code key}. */
  Section section(String key) {
    ConfigValue value = required(key);
    if (value instanceof ConfigObject object) {
      return new Section(object.toConfig(), child(key));
    }
    throw refused(key, "must be an object { … }");
  }

  /** The objects of the list at {@code key}, in order; none where it is not there. */
  List<Section> sections(String key) {
    if (!has(key)) {
      return List.of();
    }
    if (!(config.root().get(key) instanceof ConfigList list)) {
      throw refused(key, "must be a list [ … ] of objects");
    }
    List<Section> sections = new ArrayList<>();
    for (ConfigValue value : list) {
      String name = key + "[" + sections.size() + "]";
      if (!(value instanceof ConfigObject object)) {
        throw new ScenarioException(
            where(value.origin()) + ": " + child(name) + " must be an object { … }");
      }
      sections.add(new Section(object.toConfig(), child(name)));
    }
    return sections;
  }

  /** Reads the object at {@code key} if there is one. */
  <T> T section(String key, T otherwise, Function<Section, T> read) {
    return has(key) ? read.apply(section(key)) : otherwise;
  }

  String text(String key) {
    required(key);
    return get(key, "a text", () -> config.getString(quoted(key)));
  }

  String text(String key, String otherwise) {
    return has(key) ? text(key) : otherwise;
  }

  /** One of an enum's names, lower case and with dashes. */
  <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    String text = text(key);
    for (E constant : type.getEnumConstants()) {
      if (spelled(constant).equals(text)) {
        return constant;
      }
    }
    throw refused(
        key,
        "must be one of "
            + String.join(
                ", ", Arrays.stream(type.getEnumConstants()).map(Section::spelled).toList())
            + ", not "
            + text);
  }

  private static String spelled(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  double number(String key) {
    required(key);
    double value = get(key, "a number", () -> config.getDouble(quoted(key)));
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw refused(key, "must be a finite number");
    }
    return value;
  }

  double number(String key, double otherwise) {
    return has(key) ? number(key) : otherwise;
  }

  /** A whole number, 0 or more or whatever its reader allows below. */
  int integer(String key) {
    required(key);
    return whole(key, get(key, "a whole number", () -> config.getDouble(quoted(key))));
  }

  int integer(String key, int otherwise) {
    return has(key) ? integer(key) : otherwise;
  }

  /** A whole number that no more than {@code most} is sensible for. */
  int integerUpTo(int most, String key) {
    int value = integer(key);
    if (value > most) {
      throw refused(key, String.format(Locale.ROOT, "must be at most %,d, not %,d", most, value));
    }
    return value;
  }

  int integerUpTo(int most, String key, int otherwise) {
    return has(key) ? integerUpTo(most, key) : otherwise;
  }

  private int whole(String key, double value) {
    if (value != Math.rint(value)) {
      throw refused(key, "must be a whole number, not " + config.root().get(key).unwrapped());
    }
    if (Math.abs(value) > Integer.MAX_VALUE) {
      throw refused(
          key,
          String.format(Locale.ROOT, "must be at most %,d, not %.4g", Integer.MAX_VALUE, value));
    }
    return (int) value;
  }

  boolean flag(String key, boolean otherwise) {
    return has(key) ? get(key, "true or false", () -> config.getBoolean(quoted(key))) : otherwise;
  }

  /** A duration such as {@code 15 s}, in seconds. */
  double seconds(String key) {
    String written = String.valueOf(required(key).unwrapped()).strip();
    // HOCON would take it for milliseconds, which nobody means.
    if (BARE.matcher(written).matches() && Double.parseDouble(written) != 0) {
      throw refused(
          key, "needs a unit: " + written + " s, " + written + " ms, " + written + " m or such");
    }
    double seconds;
    try {
      seconds = config.getDuration(quoted(key)).toNanos() / 1e9;
    } catch (ConfigException | ArithmeticException e) {
      if (LENGTH.matcher(written).matches()) {
        throw tooLong(key, written);
      }
      throw refused(key, "must be a duration such as 15 s, not " + written);
    }
    if (seconds < 0) {
      throw refused(key, "must not be negative, and is " + written);
    }
    if (seconds > LONGEST_SECONDS) {
      throw tooLong(key, written);
    }
    return seconds;
  }

  private ScenarioException tooLong(String key, String written) {
    return refused(key, "must be at most " + LONGEST_DAYS + " days, not " + written);
  }

  double seconds(String key, double otherwise) {
    return has(key) ? seconds(key) : otherwise;
  }

  /** A duration of whole seconds, at least one. */
  int wholeSeconds(String key) {
    double seconds = seconds(key);
    if (seconds != Math.rint(seconds) || seconds < 1 || seconds > Integer.MAX_VALUE) {
      throw refused(key, "must be whole seconds, at least 1, not " + seconds + " s");
    }
    return (int) seconds;
  }

  int wholeSeconds(String key, int otherwise) {
    return has(key) ? wholeSeconds(key) : otherwise;
  }

  /** A random time: a duration for one that is always the same, or an object. */
  Delay delay(String key, Delay otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    return config.root().get(key) instanceof ConfigObject
        ? DelaySection.read(section(key))
        : Delay.constant(seconds(key));
  }

  double[] numbers(String key) {
    required(key);
    List<Double> values = get(key, "a list of numbers", () -> config.getDoubleList(quoted(key)));
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  double[] numbers(String key, double[] otherwise) {
    return has(key) ? numbers(key) : otherwise;
  }

  int[] integers(String key, int[] otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    List<Double> values =
        get(key, "a list of whole numbers", () -> config.getDoubleList(quoted(key)));
    return values.stream().mapToInt(value -> whole(key, value)).toArray();
  }

  /** Names of the keys there are, for sections whose keys are names. */
  Set<String> names() {
    known.addAll(config.root().keySet());
    return new TreeSet<>(config.root().keySet());
  }

  /**
   * Builds {@code value}; what its constructor refuses is refused here with file and line: those of
   * the key whose name, in the constructor's spelling, the refusal begins with or names first.
   */
  <T> T build(Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      String key = named(e.getMessage());
      ConfigOrigin origin = key == null ? config.origin() : config.root().get(key).origin();
      String at = key == null ? path : child(key);
      throw new ScenarioException(where(origin) + ": " + at + ": " + inKeys(e.getMessage()), e);
    }
  }

  /** A constructor's message with the file's names in it. */
  private String inKeys(String message) {
    String text = message;
    for (String key : known) {
      text = Spelling.of(key).matcher(text).replaceAll(Matcher.quoteReplacement(key));
    }
    return text;
  }

  private String named(String message) {
    String first = null;
    int earliest = Integer.MAX_VALUE;
    for (String key : config.root().keySet()) {
      Matcher matcher = Spelling.of(key).matcher(message);
      if (matcher.find() && matcher.start() < earliest) {
        earliest = matcher.start();
        first = key;
      }
    }
    return first;
  }

  /** Ends reading: every key must have been asked for. */
  void done() {
    for (String key : config.root().keySet()) {
      if (!known.contains(key)) {
        throw new ScenarioException(
            where(config.root().get(key).origin())
                + ": unknown key "
                + child(key)
                + "; known here are "
                + String.join(", ", known));
      }
    }
  }

  /** A refusal of the value at {@code key}. */
  ScenarioException refused(String key, String why) {
    ConfigValue value = config.root().get(key);
    ConfigOrigin origin = value == null ? config.origin() : value.origin();
    return new ScenarioException(where(origin) + ": " + child(key) + " " + why);
  }

  private ConfigValue required(String key) {
    if (!has(key)) {
      throw missing(key);
    }
    return config.root().get(key);
  }

  /** A key is missing; one that is there and like it was meant to be it, perhaps. */
  private ScenarioException missing(String key) {
    Set<String> unread = new TreeSet<>(config.root().keySet());
    unread.removeAll(known);
    String hint =
        Spelling.closest(key, unread)
            .map(
                other -> {
                  int line = config.root().get(other).origin().lineNumber();
                  return "; was "
                      + other
                      + (line > 0 ? " in line " + line : "")
                      + " meant to be it?";
                })
            .orElse("");
    return new ScenarioException(where(config.origin()) + ": " + child(key) + " is missing" + hint);
  }

  private <T> T get(String key, String kind, Supplier<T> read) {
    try {
      return read.get();
    } catch (ConfigException | ArithmeticException e) {
      throw refused(key, "must be " + kind + ", not " + config.root().get(key).unwrapped());
    }
  }

  private String child(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static String quoted(String key) {
    return '"' + key + '"';
  }

  static String where(ConfigOrigin origin) {
    String file = origin.filename() == null ? origin.description() : origin.filename();
    return origin.lineNumber() > 0 ? file + ": line " + origin.lineNumber() : file;
  }
}
