package io.kiss.cluster.cli;

import akka.stream.KillSwitches;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.live.DecisionRecord.Outcome;
import io.kiss.cluster.Node;
import io.kiss.cluster.cli.Terminal.Colour;
import java.util.Locale;

/** Shows decisions on a terminal as they are made. */
final class DecisionPrinter {
  private final Terminal terminal;
  private final boolean everyDecision;
  private final int nameWidth;

  /**
   * Makes one.
   *
   * @param everyDecision also those that change nothing
   * @param nameWidth room for a Deployment's name
   */
  DecisionPrinter(Terminal terminal, boolean everyDecision, int nameWidth) {
    this.terminal = terminal;
    this.everyDecision = everyDecision;
    this.nameWidth = nameWidth;
  }

  /** Shows a node's decisions from now on, until the switch is thrown. */
  UniqueKillSwitch show(Node node) {
    return node.feeds()
        .decisions()
        .viaMat(KillSwitches.single(), Keep.right())
        .to(Sink.foreach(this::print))
        .run(node.system());
  }

  void print(DecisionRecord record) {
    boolean ordinary = record.outcome() == Outcome.UNCHANGED;
    if (ordinary && !everyDecision) {
      return;
    }
    String line =
        String.format(
            Locale.ROOT,
            "%s  %-" + nameWidth + "s %3d -> %-3d %s",
            DecisionText.time(record.timeSeconds()),
            record.deployment(),
            record.current(),
            record.replicas(),
            record.reason());
    int reasonColumn = line.length() - record.reason().length();
    terminal.line(terminal.in(colour(record), line + outcome(record)), reasonColumn);
  }

  private static Colour colour(DecisionRecord record) {
    int step = Integer.compare(record.replicas(), record.current());
    return step > 0 ? Colour.CYAN : step < 0 ? Colour.GREEN : Colour.DIM;
  }

  private static String outcome(DecisionRecord record) {
    return switch (record.outcome()) {
      case UNCHANGED, APPLIED -> "";
      case SHADOWED -> "; shadow mode, not carried out";
      case HELD -> "; held: " + record.error().orElse("acting is not allowed now");
      case CONFLICT -> "; abandoned, somebody else changed it";
      case FAILED -> "; failed: " + record.error().orElse("no reason given");
    };
  }
}
