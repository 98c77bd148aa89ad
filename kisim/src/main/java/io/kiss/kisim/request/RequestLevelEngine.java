package io.kiss.kisim.request;

import io.kiss.kisim.cluster.KubernetesCluster;
import io.kiss.kisim.engine.Engine;
import io.kiss.kisim.engine.ReplicaChanges;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.engine.WarmUp;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import io.kiss.kisim.time.Nanos;
import io.kiss.kisim.traffic.Demand;
import io.kiss.kisim.traffic.OpenTraffic;
import io.kiss.kisim.traffic.pattern.Load;
import org.apache.commons.rng.UniformRandomProvider;

/** The reference engine: every request of a scenario, one by one. */
public final class RequestLevelEngine implements Engine {
  private static final long WARM_UP_STREAM = 10;

  private final KubernetesCluster cluster = new KubernetesCluster();
  private final ReplicaChanges changes = new ReplicaChanges();
  private final RequestTruth truth = new RequestTruth(changes);
  private Scenario scenario;
  private RequestEngine engine;
  private int now;

  @Override
  public void reset(Scenario scenario, long seed) {
    UniformRandomProvider random = RequestEngine.random(seed, WARM_UP_STREAM);
    Demand demand = scenario.traffic().demand(seed);
    Load before =
        demand instanceof Demand.Closed closed
            ? EarlierLoad.users(scenario, closed, random)
            : EarlierLoad.until0(scenario, (OpenTraffic) demand, random);
    begin(scenario, before, seed);
    passTo(0);
    if (!before.closed()) {
      engine.use(scenario.traffic().load(seed));
    }
    startTruth();
  }

  /** Starts before second 0, at the begin of the warm-up. */
  void begin(Scenario scenario, Load before, long seed) {
    this.scenario = scenario;
    now = -WarmUp.seconds(scenario);
    changes.reset(scenario.initialReplicas());
    engine =
        new RequestEngine(
            cluster,
            scenario.cluster(),
            scenario.service(),
            scenario.routing(),
            before,
            scenario.initialReplicas(),
            scenario.maxReplicas(),
            seed,
            now * Nanos.PER_SECOND,
            scenario.telemetry());
    engine.setSloSeconds(scenario.sloSeconds());
  }

  /** What happened until now does not count. */
  void startTruth() {
    truth.begin(engine, scenario);
  }

  /** What simulates the requests, for whoever lets several Deployments pass time together. */
  RequestEngine requests() {
    return engine;
  }

  @Override
  public int timeSeconds() {
    return now;
  }

  @Override
  public void advance(int seconds) {
    passTo(Math.min(now + seconds, scenario.seconds()));
  }

  void passTo(int until) {
    engine.advanceTo(until * Nanos.PER_SECOND);
    now = until;
  }

  @Override
  public void setDesiredReplicas(int replicas) {
    if (changes.decide(replicas, scenario.maxReplicas(), now)) {
      engine.setReplicas(changes.desired());
    }
  }

  @Override
  public void readTelemetry(TelemetryBuffer out) {
    out.timeSeconds = now;
    engine.scraper().read(engine.nowNanos(), scenario.sloSeconds(), out);
    out.desiredReplicas = changes.desired();
    out.readyReplicas = cluster.ready();
    out.pendingReplicas = cluster.pending();
    out.unschedulableReplicas = cluster.unschedulable();
    out.rolloutInProgress = false;
    for (int pod = 0; pod < out.pendingReplicas; pod++) {
      out.pendingAgesSeconds[pod] = now - Nanos.toSeconds(cluster.pendingSinceNanos(pod));
    }
  }

  @Override
  public Truth truth() {
    return truth;
  }

  /** Shows what happens from now on to {@code observer}, until the next reset. */
  public void observe(RequestObserver observer) {
    engine.observe(observer);
  }
}
