package io.kiss.cluster.cli;

import java.io.PrintWriter;
import java.util.function.LongSupplier;

/**
 * How far some work is: one line redrawn on a terminal, and where there is none, a line every ten
 * seconds.
 */
final class WorkBar {
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final long PLAIN_NANOS = 10_000_000_000L;
  private static final int WIDTH = 40;

  /** Before this much is done, the time left would be made up. */
  private static final double KNOWN_SHARE = 0.02;

  private final Terminal terminal;
  private final PrintWriter plain;
  private final LongSupplier nanos;
  private final long began;
  private long last;
  private int drawn;

  /**
   * A bar that begins now.
   *
   * @param plain where lines go without a terminal
   * @param nanos a clock that only counts up
   */
  WorkBar(Terminal terminal, PrintWriter plain, LongSupplier nanos) {
    this.terminal = terminal;
    this.plain = plain;
    this.nanos = nanos;
    began = nanos.getAsLong();
    last = began;
  }

  /** Shows that this share of the work is done, where it is time to. */
  synchronized void update(double share) {
    long now = nanos.getAsLong();
    if (now - last < (terminal.interactive() ? REDRAW_NANOS : PLAIN_NANOS)) {
      return;
    }
    last = now;
    String line = line(share, (now - began) / 1e9, terminal.columns() - 1);
    if (terminal.interactive()) {
      terminal.out().print("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
      terminal.out().flush();
      drawn = line.length();
    } else {
      plain.println(line);
      plain.flush();
    }
  }

  /** Takes the line away. */
  synchronized void leave() {
    if (drawn > 0) {
      terminal.out().print("\r" + " ".repeat(drawn) + "\r");
      terminal.out().flush();
      drawn = 0;
    }
  }

  static String line(double share, double seconds, int columns) {
    String figures =
        ProgressBar.percent(share)
            + "  "
            + (share >= KNOWN_SHARE ? ProgressBar.clock(seconds / share - seconds) : "-")
            + " left";
    int room = Math.min(WIDTH, columns - figures.length() - 3);
    return room > 4 ? ProgressBar.bar(share, room) + " " + figures : figures;
  }
}
