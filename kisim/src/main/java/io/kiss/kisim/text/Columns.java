package io.kiss.kisim.text;

/** Text for a terminal of 80 columns. */
public final class Columns {
  /** What every terminal has. */
  public static final int WIDTH = 80;

  private Columns() {}

  /**
   * Breaks a line of text that is longer than {@link #WIDTH} where there is a space or, in a
   * setting, a comma; a word that is longer than a line stays whole.
   *
   * @param indent spaces before all lines but the first
   */
  public static String wrap(String text, int indent) {
    return wrap(text, indent, WIDTH);
  }

  /**
   * The same for lines of another width.
   *
   * @param width columns there are
   */
  public static String wrap(String text, int indent, int width) {
    StringBuilder out = new StringBuilder();
    String rest = text;
    String margin = "";
    while (margin.length() + rest.length() > width) {
      int room = width - margin.length();
      int end = breakBefore(rest, room);
      if (end < 0) {
        break;
      }
      out.append(margin).append(rest.substring(0, end).stripTrailing()).append('\n');
      rest = rest.substring(end).stripLeading();
      margin = " ".repeat(indent);
    }
    return out.append(margin).append(rest).toString();
  }

  /** Where the next line begins: at most {@code room} columns on, where that is possible. */
  private static int breakBefore(String text, int room) {
    int first = text.length() - text.stripLeading().length();
    for (int end = Math.min(room, text.length() - 1); end > first; end--) {
      if (text.charAt(end) == ' ' || text.charAt(end - 1) == ',') {
        return end;
      }
    }
    int space = text.indexOf(' ', Math.max(first, room));
    return space < 0 || space == text.length() - 1 ? -1 : space;
  }
}
