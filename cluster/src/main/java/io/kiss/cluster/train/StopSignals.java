package io.kiss.cluster.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Turns Ctrl-C, SIGTERM and a hang-up into a wish that can be asked for; the second one ends the
 * process at once. The JVM's own shutdown hooks cannot do that: a second Ctrl-C does not reach them
 * any more.
 */
public final class StopSignals implements AutoCloseable {
  /** By convention, 128 and the signal's number. */
  private static final Map<String, Integer> EXIT_CODES =
      Map.of("INT", 130, "TERM", 143, "HUP", 129);

  /** One wish can arrive as two signals: {@code timeout} sends to the process and to its group. */
  private static final long SAME_WISH_NANOS = 500_000_000L;

  private final Runnable first;
  private final AtomicInteger asked = new AtomicInteger();
  private long askedAt = System.nanoTime();
  private final Map<Signal, SignalHandler> before = new LinkedHashMap<>();

  private StopSignals(Runnable first) {
    this.first = first;
  }

  /**
   * Listens from here on.
   *
   * @param first runs at the first signal, on a thread of its own
   */
  public static StopSignals listen(Runnable first) {
    StopSignals signals = new StopSignals(first);
    for (String name : EXIT_CODES.keySet()) {
      try {
        Signal signal = new Signal(name);
        signals.before.put(signal, Signal.handle(signal, signals::on));
      } catch (IllegalArgumentException e) {
        // The JVM keeps this signal to itself (-Xrs), or the system has none: it acts as ever.
      }
    }
    return signals;
  }

  private synchronized void on(Signal signal) {
    int code = EXIT_CODES.get(signal.getName());
    if (asked.get() == 0) {
      askedAt = System.nanoTime();
      // Said before it is wished: who sees the wish may end the process at once.
      first.run();
      asked.set(code);
    } else if (System.nanoTime() - askedAt > SAME_WISH_NANOS) {
      Runtime.getRuntime().halt(code);
    }
  }

  /** The exit code to end with, once somebody wants the end. */
  public OptionalInt exitCode() {
    int code = asked.get();
    return code == 0 ? OptionalInt.empty() : OptionalInt.of(code);
  }

  @Override
  public void close() {
    before.forEach(Signal::handle);
  }
}
