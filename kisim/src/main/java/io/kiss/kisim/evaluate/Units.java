package io.kiss.kisim.evaluate;

import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.evaluate.result.Failure;
import io.kiss.kisim.scenario.EngineChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the single runs of an evaluation: those that are known are taken from the log, the others
 * are run and put there, and one that fails touches no other.
 */
final class Units {
  private static final Logger LOG = LoggerFactory.getLogger(Units.class);

  /** What a simulated request costs the request-level engine, in fluid seconds. */
  private static final double REQUEST_WORK = 0.3;

  private final Crew crew;
  private final EvaluationLog log;
  private final DoubleConsumer done;

  /**
   * Runs on this crew.
   *
   * @param done is told the work of each run that is finished
   */
  Units(Crew crew, EvaluationLog log, DoubleConsumer done) {
    this.crew = crew;
    this.log = log;
    this.done = done;
  }

  /**
   * One run.
   *
   * @param trace for the sentence if it fails, as are seed and autoscaler
   * @param work how much it is, as {@link Units#work} counts
   * @param known looks it up
   * @param task runs it
   * @param keep puts it into the log
   */
  record Unit<T>(
      String trace,
      long seed,
      String autoscaler,
      double work,
      Function<EvaluationLog, Optional<T>> known,
      Crew.Task<T> task,
      BiConsumer<EvaluationLog, T> keep) {}

  /** What became of one: a result, or why there is none. */
  record Outcome<T>(T result, Optional<Failure> failure) {}

  /** Runs all, in any order; the answers are in that of the units. */
  <T> List<Outcome<T>> all(EngineChoice engine, List<Unit<T>> units) throws InterruptedException {
    List<Crew.Task<Outcome<T>>> tasks = new ArrayList<>(units.size());
    for (Unit<T> unit : units) {
      tasks.add(runner -> one(unit, runner));
    }
    return crew.all(engine, tasks);
  }

  private <T> Outcome<T> one(Unit<T> unit, Runner runner) throws InterruptedException {
    Optional<T> known = unit.known.apply(log);
    Outcome<T> outcome =
        known.isPresent() ? new Outcome<>(known.get(), Optional.empty()) : fresh(unit, runner);
    done.accept(unit.work);
    return outcome;
  }

  private <T> Outcome<T> fresh(Unit<T> unit, Runner runner) throws InterruptedException {
    T result;
    try {
      result = unit.task.on(runner);
    } catch (RuntimeException | StackOverflowError | AssertionError e) {
      // Whatever an autoscaler or an engine does to one run, the others go on.
      LOG.warn(
          "The run of {} on {} with seed {} failed", unit.autoscaler, unit.trace, unit.seed, e);
      String reason = e.getMessage() == null ? e.toString() : e.getMessage();
      return new Outcome<>(
          null, Optional.of(new Failure(unit.trace, unit.seed, unit.autoscaler, reason)));
    }
    unit.keep.accept(log, result);
    return new Outcome<>(result, Optional.empty());
  }

  /** How much a run is, in seconds that the fluid engine simulates. */
  static double work(EngineChoice engine, Scenario scenario) {
    if (engine == EngineChoice.FLUID) {
      return scenario.seconds();
    }
    double requests =
        scenario.meanNeededReplicas(1) * scenario.service().podCapacity() * scenario.seconds();
    return scenario.seconds() + REQUEST_WORK * requests;
  }
}
