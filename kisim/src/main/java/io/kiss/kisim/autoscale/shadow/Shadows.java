package io.kiss.kisim.autoscale.shadow;

import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.QueueSketch;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.autoscale.shadow.ShadowReport.ModelCheck;
import io.kiss.kisim.autoscale.shadow.ShadowReport.Standing;
import io.kiss.kisim.telemetry.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Autoscalers that decide side by side on one live Deployment's telemetry and never act.
 *
 * <p>Each holds replicas of its own in thought, ready a start-up time after it asked for them, and
 * is shown what it would have seen of them ({@link ImaginedTelemetry}). What that cost is estimated
 * by {@link QueueSketch} from the arrivals that were measured. What really ran is put through the
 * same sketch, driven by {@code spec.replicas} as it was seen, so that differences are of decisions
 * and not of models; {@link ModelCheck} says how far the sketch is from what was measured, and a
 * {@link Calibration} what it would say if it were closer.
 *
 * <p>It assumes that arrivals do not depend on replicas, that a pod takes the expected time to
 * start and always finds a node, and that the service has the stated or estimated capacity.
 * Single-threaded; about as much work a tick as so many scalers.
 */
public final class Shadows {
  /** Name of what really ran among the others. */
  public static final String RUNNING = "running";

  private static final double SECONDS_PER_HOUR = 3600;

  /** A rate says nothing of a time that is longer than so many ticks. */
  private static final double LONGEST_TICKS = 2;

  /**
   * One to decide.
   *
   * @param name as it was asked for: of a policy, or what {@link AutoscalerChoice#parse} reads
   * @param policy empty: a classical autoscaler
   * @param failure why it cannot decide; empty: it can
   */
  public record Entry(String name, Optional<PolicyNetwork> policy, String failure) {}

  private static final class Trial {
    private final String name;
    private final Course course = new Course();
    private Shadow shadow;
    private String failure;

    Trial(Entry entry) {
      name = entry.name();
      failure = entry.failure();
    }
  }

  private final List<Trial> trials = new ArrayList<>();
  private final Course running = new Course();
  private final ImaginedTelemetry imagined = new ImaginedTelemetry();

  private WorkloadSpec workload;
  private GuardSettings guards;
  private final Calibration calibration;

  private double since = Double.NaN;
  private double until;
  private double countedSeconds;
  private double neededSeconds;
  private double measuredSeconds;
  private double measuredLoad;
  private double observedViolating;
  private double modelledViolating;

  /**
   * Begins with the next tick.
   *
   * @param memory of the scaler that acts, as {@link io.kiss.kisim.autoscale.KiScaler#saveState}
   *     keeps it; empty: none
   */
  public Shadows(List<Entry> entries, WorkloadSpec workload, GuardSettings guards, byte[] memory) {
    this.workload = workload;
    this.guards = guards;
    calibration = new Calibration(workload);
    for (Entry entry : entries) {
      Trial trial = new Trial(entry);
      trials.add(trial);
      guarded(trial, () -> trial.shadow = shadow(entry, memory));
    }
  }

  private Shadow shadow(Entry entry, byte[] memory) {
    return entry
        .policy()
        .<Shadow>map(network -> new Shadow.OfPolicy(network, workload, guards, memory))
        .orElseGet(() -> new Shadow.Classical(AutoscalerChoice.parse(entry.name()), workload));
  }

  /** One that fails decides no more; the others go on. */
  private static void guarded(Trial trial, Runnable step) {
    if (!trial.failure.isEmpty()) {
      return;
    }
    try {
      step.run();
    } catch (IllegalArgumentException e) {
      trial.failure = e.getMessage();
    } catch (RuntimeException | AssertionError e) {
      trial.failure = "it failed: " + e;
    }
  }

  /** Lets all of them decide. */
  public void tick(Telemetry seen, WorkloadSpec newWorkload, GuardSettings newGuards) {
    follow(newWorkload, newGuards);
    double now = seen.timeSeconds();
    if (Double.isNaN(since)) {
      since = now;
      running.begin(seen);
      trials.forEach(trial -> trial.course.begin(seen));
    } else {
      // Whoever changed it did so after the tick before, as the shadows in thought.
      running.pods().ask(until, seen.desiredReplicas());
      charge(seen, now);
    }
    until = now;
    for (Trial trial : trials) {
      guarded(
          trial,
          () -> {
            Telemetry shown = imagined.of(seen, workload, trial.course, running);
            trial.course.pods().ask(now, trial.shadow.decide(shown));
          });
    }
  }

  private void follow(WorkloadSpec newWorkload, GuardSettings newGuards) {
    if (newWorkload.equals(workload) && newGuards.equals(guards)) {
      return;
    }
    workload = newWorkload;
    guards = newGuards;
    calibration.follow(workload);
    trials.forEach(trial -> guarded(trial, () -> trial.shadow.follow(workload, guards)));
  }

  private void charge(Telemetry seen, double now) {
    double seconds = now - until;
    double rate = seen.arrivalRate();
    boolean known =
        rate >= 0
            && rate < Double.POSITIVE_INFINITY
            && Math.abs(seen.sampleAgeSeconds()) <= guards.staleAfterSeconds()
            && !seen.rolloutInProgress()
            && seconds > 0
            && seconds <= LONGEST_TICKS * workload.tickSeconds();
    if (!known) {
      running.unknown();
      calibration.unknown();
      trials.forEach(trial -> trial.course.unknown());
      return;
    }
    double load = rate / workload.replicaCapacity();
    double startup = workload.startupSeconds();
    running.pass(calibration, until, now, load, startup);
    for (Trial trial : trials) {
      if (trial.failure.isEmpty()) {
        trial.course.pass(calibration, until, now, load, startup);
      }
    }
    countedSeconds += seconds;
    neededSeconds += load * seconds;
    double observed = seen.violatingShare();
    if (observed >= 0 && observed <= 1) {
      measuredSeconds += seconds;
      measuredLoad += load * seconds;
      observedViolating += observed * load * seconds;
      modelledViolating += running.violating() * load * seconds;
      calibration.measured(running, observed, load, seconds);
    }
  }

  /** How they stand, at the violation price in force; empty before the first tick. */
  public Optional<ShadowReport> report() {
    if (Double.isNaN(since)) {
      return Optional.empty();
    }
    double price = workload.violationPrice();
    double acting = running.cost(price, Calibration.PLAIN);
    double cheapest = acting;
    for (Trial trial : trials) {
      if (trial.failure.isEmpty()) {
        cheapest = Math.min(cheapest, trial.course.cost(price, Calibration.PLAIN));
      }
    }
    List<Standing> shadows = new ArrayList<>();
    for (Trial trial : trials) {
      shadows.add(standing(trial.name, trial.course, cheapest, acting, trial.failure));
    }
    return Optional.of(
        new ShadowReport(
            since,
            until,
            countedSeconds,
            neededSeconds / countedSeconds,
            standing(RUNNING, running, cheapest, acting, ""),
            shadows,
            new ModelCheck(
                measuredSeconds,
                modelledViolating / measuredLoad,
                observedViolating / measuredLoad,
                calibration.modelled() / measuredLoad)));
  }

  private Standing standing(
      String name, Course course, double cheapest, double acting, String failure) {
    if (!failure.isEmpty()) {
      double unknown = Double.NaN;
      return new Standing(
          name, 0, unknown, unknown, unknown, unknown, unknown, failure, unknown, unknown);
    }
    double price = workload.violationPrice();
    double cost = course.cost(price, Calibration.PLAIN);
    int member = calibration.believed();
    return new Standing(
        name,
        course.pods().desired(),
        course.heldSeconds() / countedSeconds,
        course.violatingSeconds(Calibration.PLAIN) / neededSeconds,
        cost / neededSeconds,
        (cost - cheapest) / SECONDS_PER_HOUR,
        (cost - acting) / SECONDS_PER_HOUR,
        failure,
        course.violatingSeconds(member) / neededSeconds,
        course.cost(price, member) / neededSeconds);
  }
}
