package io.kiss.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Whether what was told under {@code kiss} is of the kind that its default is of. The exceptions of
 * whoever reads it name the last part of the key alone, and nobody where it is Akka that reads.
 */
final class SettingTypes {
  /** As the configuration library says where a value of the environment comes from. */
  private static final String ENVIRONMENT = "env variables";

  /** HOCON's words for it are text. */
  private static final Pattern SWITCH = Pattern.compile("on|off|yes|no");

  private static final Pattern DURATION =
      Pattern.compile(
          "[0-9.]+\\s*(ns|us|ms|s|m|h|d|nano.*|micro.*|milli.*|sec.*|min.*|hour.*|day.*)");

  private static final Pattern SIZE = Pattern.compile("[0-9.]+\\s*([kKMGT]i?B|B)");

  private SettingTypes() {}

  /**
   * Refuses what cannot be read, with the key and where it was said.
   *
   * @param told everything, resolved
   * @param defaults the same keys as they are where nothing is told
   * @throws IllegalArgumentException with a sentence
   */
  static void require(Config told, Config defaults) {
    require("kiss", told.root().get("kiss"), defaults.root().get("kiss"));
  }

  private static void require(String key, ConfigValue told, ConfigValue usual) {
    if (told == null || key.endsWith("dispatcher")) {
      // What Akka knows of its own is for Akka to say.
      return;
    }
    if (usual instanceof ConfigObject group) {
      if (!(told instanceof ConfigObject inside)) {
        throw wrong(key, told, "a group of settings in braces");
      }
      for (Map.Entry<String, ConfigValue> entry : group.entrySet()) {
        require(key + "." + entry.getKey(), inside.get(entry.getKey()), entry.getValue());
      }
      return;
    }
    expected(told, usual)
        .ifPresent(
            kind -> {
              throw wrong(key, told, kind);
            });
  }

  /** What it must be; empty where it is that. */
  private static Optional<String> expected(ConfigValue told, ConfigValue usual) {
    boolean scalar = !(told instanceof ConfigObject) && !(told instanceof ConfigList);
    Config one = told.atKey("it");
    return switch (usual.valueType()) {
      case NUMBER -> unless(scalar && reads(() -> one.getDouble("it")), "a number");
      case BOOLEAN -> unless(scalar && reads(() -> one.getBoolean("it")), "on or off");
      // The environment knows no lists: there, items stand between commas. Properties of the JVM
      // know none either: there, items are keys by their number, which the library reads as a list.
      case LIST ->
          unless(
              told.valueType() == ConfigValueType.STRING || reads(() -> one.getList("it")),
              "a list");
      case STRING -> text(scalar, one, usual.unwrapped().toString());
      default -> Optional.empty();
    };
  }

  private static Optional<String> text(boolean scalar, Config one, String usual) {
    if (SWITCH.matcher(usual).matches()) {
      return unless(scalar && reads(() -> one.getBoolean("it")), "on or off");
    }
    if (DURATION.matcher(usual).matches()) {
      return unless(
          scalar && reads(() -> one.getDuration("it")), "a time with its unit, such as " + usual);
    }
    if (SIZE.matcher(usual).matches()) {
      return unless(scalar && reads(() -> one.getBytes("it")), "a size, such as " + usual);
    }
    return unless(scalar, "text");
  }

  private static Optional<String> unless(boolean holds, String kind) {
    return holds ? Optional.empty() : Optional.of(kind);
  }

  private static boolean reads(Runnable reader) {
    try {
      reader.run();
      return true;
    } catch (ConfigException e) {
      return false;
    }
  }

  private static IllegalArgumentException wrong(String key, ConfigValue told, String kind) {
    boolean shown =
        told.valueType() == ConfigValueType.STRING && !key.matches(".*(password|token)");
    return new IllegalArgumentException(
        "%s: %s must be %s, not %s"
            .formatted(
                where(told),
                key,
                kind,
                shown ? "'" + told.unwrapped() + "'" : named(told.valueType())));
  }

  /** File and line, or the variable: of those, only the value is known. */
  private static String where(ConfigValue told) {
    String place = told.origin().description();
    String variables =
        System.getenv().entrySet().stream()
            .filter(variable -> variable.getKey().startsWith("KISS_"))
            .filter(variable -> variable.getValue().equals(told.unwrapped()))
            .map(Map.Entry::getKey)
            .sorted()
            .collect(Collectors.joining(" or "));
    return place.equals(ENVIRONMENT) && !variables.isEmpty() ? variables : place;
  }

  private static String named(ConfigValueType type) {
    return switch (type) {
      case OBJECT -> "a group of settings";
      case LIST -> "a list";
      case NUMBER -> "a number";
      case BOOLEAN -> "on or off";
      case STRING -> "text";
      default -> "nothing";
    };
  }
}
