package io.kiss.cluster.evaluate.report;

import java.util.ArrayList;
import java.util.List;

/** Puts names beside points so that they cover neither each other nor other points. */
final class Labels {
  private static final double LETTER = 6.1;
  private static final double LINE = 13;
  private static final int LONGEST = 24;

  /**
   * Where a name goes.
   *
   * @param text shortened if need be; empty where it has no room
   * @param x of its anchor
   * @param y of its base line
   * @param anchor {@code start}, {@code middle} or {@code end}
   */
  record Place(String text, double x, double y, String anchor) {}

  private record Box(double left, double top, double right, double bottom) {
    boolean meets(Box other) {
      return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
  }

  private final Box frame;
  private final List<Box> taken = new ArrayList<>();

  Labels(double left, double right, double top, double bottom) {
    frame = new Box(left, top, right, bottom);
  }

  /** A point that names must not cover. */
  void keepFree(double x, double y) {
    taken.add(new Box(x - 5, y - 5, x + 5, y + 5));
  }

  /** The first place round a point with room. */
  Place place(String name, double x, double y) {
    String text = name.length() > LONGEST ? name.substring(0, LONGEST - 1) + "…" : name;
    double width = LETTER * text.length();
    for (double away : new double[] {0, LINE, -LINE, 2 * LINE, -2 * LINE, 3 * LINE}) {
      for (String anchor : List.of("start", "end", "middle")) {
        double at = anchor.equals("start") ? x + 8 : anchor.equals("end") ? x - 8 : x;
        double left =
            anchor.equals("start") ? at : anchor.equals("end") ? at - width : at - width / 2;
        double base = y + 4 + away;
        Box box = new Box(left, base - LINE + 3, left + width, base + 2);
        boolean inside =
            box.left >= frame.left
                && box.right <= frame.right
                && box.top >= frame.top
                && box.bottom <= frame.bottom;
        if (!text.isEmpty() && inside && taken.stream().noneMatch(box::meets)) {
          taken.add(box);
          return new Place(text, at, base, anchor);
        }
      }
    }
    return new Place("", x, y, "start");
  }
}
