package io.kiss.kisim.autoscale.opponents;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A parameter of an autoscaler, as the command line names it.
 *
 * @param name key in {@code hpa:key=value}
 * @param type what its value must be
 * @param usual value where none is given
 * @param help one line
 * @param choices the values of a {@link Type#CHOICE}
 */
public record Parameter(String name, Type type, String usual, String help, List<String> choices) {
  /** Seconds in eleven days; no figure of a Deployment is larger. */
  private static final double MOST = 1e6;

  /** What a value must be. */
  public enum Type {
    NUMBER("a number"),
    NUMBERS("numbers joined by +"),
    WHOLE("a whole number"),
    SWITCH("true or false"),
    CHOICE("one of its choices"),
    CHOICES("choices joined by +");

    private final String words;

    Type(String words) {
      this.words = words;
    }
  }

  public Parameter {
    choices = List.copyOf(choices);
  }

  static Parameter number(String name, double usual, String help) {
    return new Parameter(name, Type.NUMBER, text(usual), help, List.of());
  }

  static Parameter numbers(String name, double usual, String help) {
    return new Parameter(name, Type.NUMBERS, text(usual), help, List.of());
  }

  static Parameter whole(String name, int usual, String help) {
    return new Parameter(name, Type.WHOLE, Integer.toString(usual), help, List.of());
  }

  static Parameter flag(String name, boolean usual, String help) {
    return new Parameter(name, Type.SWITCH, Boolean.toString(usual), help, List.of());
  }

  @SafeVarargs
  static <E extends Enum<E>> Parameter choice(String name, E usual, String help, E... choices) {
    return new Parameter(name, Type.CHOICE, word(usual), help, words(choices));
  }

  @SafeVarargs
  static <E extends Enum<E>> Parameter choices(String name, E usual, String help, E... choices) {
    return new Parameter(name, Type.CHOICES, word(usual), help, words(choices));
  }

  /** What its value may be, for people: {@code a number}, {@code load, gpu or queue}. */
  public String allowed() {
    if (choices.isEmpty()) {
      return type.words;
    }
    String last = choices.get(choices.size() - 1);
    String either =
        choices.size() == 1
            ? last
            : String.join(", ", choices.subList(0, choices.size() - 1)) + " or " + last;
    return type == Type.CHOICES ? either + ", several joined by +" : either;
  }

  /** Refuses a value that is none of its type, or larger than any figure of a Deployment. */
  void check(String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException(name + " is empty; it must be " + allowed());
    }
    boolean fits =
        switch (type) {
          case NUMBER -> isNumber(value);
          case NUMBERS -> parts(value).stream().allMatch(Parameter::isNumber);
          case WHOLE -> value.matches("[+-]?\\d{1,9}");
          case SWITCH -> value.equals("true") || value.equals("false");
          case CHOICE -> choices.contains(value);
          case CHOICES -> choices.containsAll(parts(value));
        };
    if (!fits) {
      throw new IllegalArgumentException(name + " must be " + allowed() + ", not " + value);
    }
    boolean numeric = type == Type.NUMBER || type == Type.NUMBERS || type == Type.WHOLE;
    if (numeric && parts(value).stream().anyMatch(Parameter::isBeyond)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%s must be at most %,.0f either way, not %s", name, MOST, value));
    }
  }

  static List<String> parts(String value) {
    return new ArrayList<>(Arrays.asList(value.split("\\+", -1)));
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static List<String> words(Enum<?>[] choices) {
    return Arrays.stream(choices).map(Parameter::word).collect(Collectors.toList());
  }

  private static boolean isBeyond(String value) {
    return !value.isEmpty() && Math.abs(Double.parseDouble(value)) > MOST;
  }

  private static boolean isNumber(String value) {
    try {
      return Double.isFinite(Double.parseDouble(value));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
