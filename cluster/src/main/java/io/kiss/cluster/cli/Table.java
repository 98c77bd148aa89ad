package io.kiss.cluster.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Plain text in columns: the first aligned left, the others right. Two spaces lie between columns,
 * or one where that makes it fit a terminal of 80.
 */
public final class Table {
  private static final int ROOM = 80;

  /** A cell is not cut to less. */
  private static final int NARROWEST = 8;

  private final List<List<String>> rows = new ArrayList<>();

  /** A table with these column titles. */
  public Table(String... titles) {
    rows.add(List.of(titles));
  }

  /** Adds a row of as many cells as there are titles. */
  public Table row(String... cells) {
    if (cells.length != rows.get(0).size()) {
      throw new IllegalArgumentException(
          "a row of %d cells in a table of %d columns".formatted(cells.length, rows.get(0).size()));
    }
    rows.add(List.of(cells));
    return this;
  }

  /** The lines, the titles first, no spaces at any end. */
  public List<String> lines() {
    return lines(Integer.MAX_VALUE);
  }

  /**
   * The lines in so many columns of a terminal, where titles allow it: the widest cells are cut.
   *
   * @param room columns there are
   */
  List<String> lines(int room) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int c = 0; c < columns; c++) {
        widths[c] = Math.max(widths[c], width(row.get(c)));
      }
    }
    for (int over = Arrays.stream(widths).sum() + columns - 1 - room; over > 0; over--) {
      int widest = 0;
      for (int c = 1; c < columns; c++) {
        widest = widths[c] > widths[widest] ? c : widest;
      }
      if (widths[widest] <= NARROWEST) {
        break;
      }
      widths[widest]--;
    }
    int most = Math.min(ROOM, room);
    String gap = Arrays.stream(widths).sum() + 2 * (columns - 1) <= most ? "  " : " ";
    return rows.stream().map(row -> line(row, widths, gap)).toList();
  }

  private static String line(List<String> row, int[] widths, String gap) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      String cell = cut(row.get(c), widths[c]);
      String padding = " ".repeat(widths[c] - width(cell));
      line.append(c == 0 ? cell + padding : gap + padding + cell);
    }
    return line.toString().stripTrailing();
  }

  private static String cut(String text, int width) {
    return width(text) <= width
        ? text
        : text.substring(0, text.offsetByCodePoints(0, width - 1)) + "…";
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }
}
