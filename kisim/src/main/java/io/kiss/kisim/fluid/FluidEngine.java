package io.kiss.kisim.fluid;

import io.kiss.kisim.cluster.KubernetesCluster;
import io.kiss.kisim.engine.Engine;
import io.kiss.kisim.engine.ReplicaChanges;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.engine.WarmUp;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import io.kiss.kisim.time.Nanos;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * The fast engine: expectations over requests instead of requests, in steps of a second, so that
 * its cost does not depend on the request rate. Nothing is allocated between two resets.
 *
 * <p>Pods come and go as in the request-level engine, on the same cluster with the same seed; what
 * happens to them within half a second of the start of a step counts for the whole step.
 */
public final class FluidEngine implements Engine {
  private static final long HALF_SECOND = Nanos.PER_SECOND / 2;

  private final KubernetesCluster cluster = new KubernetesCluster();
  private final FluidQueue queue = new FluidQueue(cluster);
  private final Arrivals arrivals = new Arrivals();
  private final Answers answers;
  private final ScrapeWindow scrapes = new ScrapeWindow();
  private final ReplicaChanges changes = new ReplicaChanges();
  private final RunningTruth truth;

  private Scenario scenario;
  private UniformRandomProvider gauges;
  private double unitSeconds;
  private double unitsPerSecond;
  private int now;
  private int ready;
  private double busy;

  /** An engine whose truth knows all latencies. */
  public FluidEngine() {
    this(true);
  }

  private FluidEngine(boolean latencies) {
    answers = new Answers(latencies);
    truth = new RunningTruth(cluster, changes, answers);
  }

  /**
   * An engine whose truth counts who was too late, but is not asked for quantiles of the latency:
   * training does without their histogram, a third of an engine's memory.
   */
  public static FluidEngine withoutLatencies() {
    return new FluidEngine(false);
  }

  @Override
  public void reset(Scenario scenario, long seed) {
    this.scenario = scenario;
    gauges = RandomSource.XO_SHI_RO_256_PP.create(seed);
    ServiceModel service = scenario.service();
    unitSeconds = service.loneLatencySeconds();
    unitsPerSecond = 1 / unitSeconds;
    arrivals.reset(scenario, scenario.traffic().demand(seed));
    StationaryTable table = StationaryTable.of(service, scenario.routing(), arrivals.cv());
    now = -WarmUp.seconds(scenario);
    changes.reset(scenario.initialReplicas());
    queue.reset(scenario, table, now);
    answers.reset(scenario.telemetry().bounds(), unitSeconds, scenario.sloSeconds());
    cluster.reset(
        scenario.cluster(),
        service,
        scenario.initialReplicas(),
        scenario.maxReplicas(),
        seed,
        now * Nanos.PER_SECOND,
        queue);
    scrapes.reset(scenario.telemetry(), gauges, seed, now);
    ready = cluster.ready();
    scrapes.setReady(ready);
    while (now < 0) {
      second();
    }
    cluster.advanceTo(0);
    truth.begin(scenario);
  }

  @Override
  public int timeSeconds() {
    return now;
  }

  @Override
  public void advance(int seconds) {
    int until = Math.min(now + seconds, scenario.seconds());
    while (now < until) {
      second();
    }
    passCluster(now * Nanos.PER_SECOND);
    truth.now = now;
  }

  private void second() {
    long middle = now * Nanos.PER_SECOND + HALF_SECOND;
    if (cluster.nextEventNanos() <= middle || queue.hasDrains()) {
      passCluster(now * Nanos.PER_SECOND);
      queue.endDrains(now);
      passCluster(middle);
    }
    arrivals.goTo(now, queue.present());
    queue.pass(now, arrivals.fixed(), arrivals.feedback(), arrivals.ownShare());
    now++;
    account();
    if (scrapes.due(now)) {
      scrape();
    }
  }

  private void passCluster(long nanos) {
    cluster.advanceTo(nanos);
    if (queue.takeChanged()) {
      settlePods();
    }
  }

  private void settlePods() {
    truth.lost += queue.takeLost();
    double finished = queue.takeCrumbs();
    if (finished > 0) {
      truth.served += finished;
      scrapes.completed(finished);
      answers.add(queue.anyCurve(), 0, 0, finished);
    }
    if (cluster.ready() != ready) {
      ready = cluster.ready();
      scrapes.setReady(ready);
    }
    truth.present = queue.present();
  }

  private void account() {
    busy = 0;
    double arrived = queue.refused();
    truth.rejected += arrived;
    double served = 0;
    for (int i = 0; i < queue.count(); i++) {
      Station station = queue.station(i);
      arrived += station.arrived();
      served += station.served() + station.servedLate();
      busy += station.pods() * station.busy();
      truth.rejected += station.rejected();
      truth.timedOut += station.timedOut();
      answer(station, i == 0);
    }
    truth.requests += arrived;
    truth.served += served;
    truth.busySeconds += busy;
    truth.present = queue.present();
    scrapes.arrived(arrived);
    scrapes.completed(served);
  }

  private void answer(Station station, boolean main) {
    double served = station.served();
    int node = station.servedNode();
    double part = station.servedPart();
    if (served > 0) {
      StationaryCurve curve = station.curve();
      double wait = curve.wait[node] + part * (curve.wait[node + 1] - curve.wait[node]);
      double delay = station.delaySeconds();
      truth.waitingSeconds += served * (delay + unitSeconds * wait);
      if (delay == 0 && main && !station.leaves()) {
        answers.add(curve, node, part, served);
      } else {
        answers.addDelayed(
            curve,
            node,
            part,
            unitsPerSecond * delay,
            station.patience(),
            station.meanService(),
            served);
      }
    }
    double late = station.servedLate();
    if (late > 0) {
      double age = Math.max(0, station.ageOfLate(now - 1));
      truth.waitingSeconds += late * age;
      answers.addDelayed(
          station.curve(), 0, 0, unitsPerSecond * age, Double.POSITIVE_INFINITY, 1, late);
    }
  }

  private void scrape() {
    scrapes.take(answers.buckets());
    double queued = 0;
    double present = 0;
    for (int i = 0; i < queue.count(); i++) {
      Station station = queue.station(i);
      queued += station.queueAt(gauges.nextDouble());
      present += station.present();
    }
    double waiting = Math.rint(queued);
    double running = Math.rint(Math.max(0, present - queued));
    scrapes.scrape(now, waiting, running, ready == 0 ? 0 : Math.min(1, busy / ready));
  }

  @Override
  public void setDesiredReplicas(int replicas) {
    if (changes.decide(replicas, scenario.maxReplicas(), now)) {
      cluster.setDesired(changes.desired());
      passCluster(now * Nanos.PER_SECOND);
    }
  }

  @Override
  public void readTelemetry(TelemetryBuffer out) {
    out.timeSeconds = now;
    scrapes.read(now, scenario.sloSeconds(), out);
    out.desiredReplicas = changes.desired();
    out.readyReplicas = cluster.ready();
    out.pendingReplicas = cluster.pending();
    out.unschedulableReplicas = cluster.unschedulable();
    out.rolloutInProgress = false;
    for (int p = 0; p < out.pendingReplicas; p++) {
      out.pendingAgesSeconds[p] = now - Nanos.toSeconds(cluster.pendingSinceNanos(p));
    }
  }

  @Override
  public Truth truth() {
    return truth;
  }

  /** Requests that arrived and have not left. */
  public double requestsPresent() {
    return queue.present();
  }
}
