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
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int c = 0; c < columns; c++) {
        widths[c] = Math.max(widths[c], width(row.get(c)));
      }
    }
    String gap = Arrays.stream(widths).sum() + 2 * (columns - 1) <= ROOM ? "  " : " ";
    return rows.stream().map(row -> line(row, widths, gap)).toList();
  }

  private static String line(List<String> row, int[] widths, String gap) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      String cell = row.get(c);
      String padding = " ".repeat(widths[c] - width(cell));
      line.append(c == 0 ? cell + padding : gap + padding + cell);
    }
    return line.toString().stripTrailing();
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }
}
