package io.kiss.cluster.cli;

import io.kiss.kisim.text.Columns;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where output goes.
 *
 * @param interactive a person watches: lines may be redrawn
 * @param colours may be used
 * @param columns width
 */
public record Terminal(PrintStream out, boolean interactive, boolean colours, int columns) {
  private static final int DEFAULT_COLUMNS = 80;
  private static final int FEWEST_COLUMNS = 20;
  private static final int INDENT = 2;
  private static final Pattern COLOURED =
      Pattern.compile("(\u001b\\[\\d+m)(.*)(\u001b\\[0m)", Pattern.DOTALL);

  /** Colours, by the name of their ANSI code. */
  public enum Colour {
    BOLD("1"),
    DIM("2"),
    RED("31"),
    GREEN("32"),
    YELLOW("33"),
    CYAN("36");

    private final String code;

    Colour(String code) {
      this.code = code;
    }
  }

  /** Standard output, as it is: no colours where it is no terminal or NO_COLOR is set. */
  public static Terminal system() {
    return system(false);
  }

  /**
   * The same, or standard error.
   *
   * @param error where standard output is for programs
   */
  public static Terminal system(boolean error) {
    boolean interactive = System.console() != null && !"dumb".equals(System.getenv("TERM"));
    String noColour = System.getenv("NO_COLOR");
    return new Terminal(
        error ? System.err : System.out,
        interactive,
        interactive && (noColour == null || noColour.isEmpty()),
        columns(interactive));
  }

  /** Columns that lines on standard output should keep to: any number where nobody watches. */
  static int room() {
    Terminal terminal = system();
    return terminal.interactive() ? terminal.columns() : Integer.MAX_VALUE;
  }

  private static int columns(boolean interactive) {
    String fromShell = System.getenv("COLUMNS");
    if (fromShell != null && fromShell.matches("[1-9][0-9]{1,3}")) {
      return Math.max(FEWEST_COLUMNS, Integer.parseInt(fromShell));
    }
    return interactive ? askTerminal() : DEFAULT_COLUMNS;
  }

  /** {@code stty size} answers rows and columns of the terminal on its standard input. */
  private static int askTerminal() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String answer =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
      if (stty.waitFor(1, TimeUnit.SECONDS) && answer.matches("[0-9]+ [1-9][0-9]*")) {
        return Math.max(FEWEST_COLUMNS, Integer.parseInt(answer.split(" ", 2)[1]));
      }
    } catch (IOException e) {
      // No stty here: the usual width then.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return DEFAULT_COLUMNS;
  }

  /** The text in a colour, where colours may be used. */
  public String in(Colour colour, String text) {
    return colours ? "\u001b[" + colour.code + "m" + text + "\u001b[0m" : text;
  }

  /** Prints a line; one that is too long goes on in the next, a little further in. */
  public void line(String text) {
    line(text, INDENT);
  }

  /**
   * Prints a line.
   *
   * @param indent of what does not fit into the first one
   */
  public void line(String text, int indent) {
    Matcher coloured = COLOURED.matcher(text);
    boolean plain = !coloured.matches();
    String start = plain ? "" : coloured.group(1);
    String end = plain ? "" : coloured.group(3);
    Columns.wrap(plain ? text : coloured.group(2), Math.min(indent, columns / 2), columns)
        .lines()
        .forEach(line -> out.println(start + line + end));
    if (text.isEmpty()) {
      out.println();
    }
    out.flush();
  }

  /** Prints a line for programs, or one to be copied: as it is. */
  public void verbatim(String text) {
    out.println(text);
    out.flush();
  }
}
