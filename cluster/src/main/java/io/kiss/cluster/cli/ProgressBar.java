package io.kiss.cluster.cli;

import io.kiss.actors.protocol.TrainingProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Training progress in one line: redrawn on a terminal, printed anew every ten seconds where there
 * is none. A narrow terminal sees fewer figures, never half a one.
 */
public final class ProgressBar {
  private static final long PLAIN_EVERY_NANOS = 10_000_000_000L;
  private static final int BAR = 20;

  /** A budget of steps alone says nothing of the time left while nobody knows the speed. */
  private static final double UNKNOWN_SECONDS = 1e9;

  private static final int SHORTEST_BAR = 5;
  private static final String GAP = "  ";

  private final Terminal terminal;
  private final LongSupplier nanos;
  private long lastPlain;
  private boolean printed;
  private int drawn;

  /**
   * An empty bar.
   *
   * @param nanos a clock that only counts up
   */
  public ProgressBar(Terminal terminal, LongSupplier nanos) {
    this.terminal = terminal;
    this.nanos = nanos;
  }

  /** Shows this progress, where it is time to. */
  public synchronized void update(TrainingProgress progress) {
    if (terminal.interactive()) {
      // The last column stays free: writing into it makes some terminals wrap.
      String line = line(progress, terminal.columns() - 1);
      terminal.out().print("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
      terminal.out().flush();
      drawn = line.length();
    } else if (!printed || nanos.getAsLong() - lastPlain >= PLAIN_EVERY_NANOS) {
      terminal.line(line(progress, terminal.columns()));
      lastPlain = nanos.getAsLong();
      printed = true;
    }
  }

  /** Shows the last figures, the speed as the mean over all of it, and leaves the line. */
  public synchronized void finish(TrainingProgress progress) {
    TrainingProgress last =
        progress.withStepsPerSecond(
            progress.seconds() > 0 ? progress.environmentSteps() / progress.seconds() : 0);
    if (terminal.interactive()) {
      update(last);
      terminal.out().println();
      terminal.out().flush();
      drawn = 0;
    } else {
      terminal.line(line(last, terminal.columns()));
    }
  }

  static String line(TrainingProgress progress, int columns) {
    double done = done(progress);
    List<String> parts = new ArrayList<>();
    parts.add(percent(done));
    parts.add(count(progress.environmentSteps()) + " steps");
    parts.add(count(progress.stepsPerSecond()) + "/s");
    parts.add(
        "return "
            + number(
                progress.episodeReturn(),
                Math.abs(progress.episodeReturn()) < 100 ? "%.2f" : "%.0f"));
    parts.add("SLO " + number(100 * progress.sloAttainment(), "%.1f%%"));
    parts.add("GPU-h " + number(progress.gpuHours(), "%.1f"));
    parts.add("iter " + progress.iteration());
    parts.add(left(progress) + " left");
    String all = String.join(GAP, parts);
    int room = Math.min(BAR, columns - all.length() - 3);
    if (room >= SHORTEST_BAR) {
      return bar(done, room) + " " + all;
    }
    all = all.length() <= columns ? all : String.join(" ", parts);
    while (all.length() > columns && parts.size() > 1) {
      parts.remove(leastWanted(parts.size()));
      all = String.join(" ", parts);
    }
    return all.length() <= columns ? all : all.substring(0, Math.max(0, columns));
  }

  /** First the iteration goes, then GPU-hours and so on; percentage and time left stay longest. */
  private static int leastWanted(int size) {
    return Math.max(0, size - 2);
  }

  private static double done(TrainingProgress progress) {
    double bySeconds = progress.seconds() / progress.budget().seconds();
    double bySteps = progress.environmentSteps() / (double) progress.budget().environmentSteps();
    return Math.max(0, Math.min(1, Math.max(bySeconds, bySteps)));
  }

  private static String left(TrainingProgress progress) {
    double seconds = progress.budget().seconds() - progress.seconds();
    if (progress.stepsPerSecond() > 0) {
      double steps = progress.budget().environmentSteps() - (double) progress.environmentSteps();
      seconds = Math.min(seconds, steps / progress.stepsPerSecond());
    }
    if (!(seconds < UNKNOWN_SECONDS)) {
      return "-";
    }
    return clock(seconds);
  }

  /** Minutes and seconds, hours before them where there are any. */
  static String clock(double seconds) {
    long whole = (long) Math.ceil(Math.max(0, seconds));
    return whole >= 3600
        ? "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60)
        : "%d:%02d".formatted(whole / 60, whole % 60);
  }

  static String bar(double done, int length) {
    int full = (int) Math.floor(done * length);
    return "[" + "#".repeat(full) + "-".repeat(length - full) + "]";
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, "%3.0f%%", Math.floor(100 * share));
  }

  private static String number(double value, String format) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
  }

  private static String count(double value) {
    if (!(value >= 0)) {
      return "-";
    }
    if (value < 10_000) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    return value < 1e6
        ? String.format(Locale.ROOT, "%.1fk", value / 1e3)
        : String.format(Locale.ROOT, "%.2fM", value / 1e6);
  }
}
