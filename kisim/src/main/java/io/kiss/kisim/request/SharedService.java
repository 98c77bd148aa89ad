package io.kiss.kisim.request;

import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.engine.WarmUp;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import io.kiss.kisim.time.EventHeap;
import io.kiss.kisim.time.Nanos;
import io.kiss.kisim.traffic.Demand;
import io.kiss.kisim.traffic.pattern.Load;
import java.util.Arrays;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Several Deployments of one service, such as one on GPUs and one on CPUs, that the same users of a
 * closed loop send their requests to: every request exact, as on {@link RequestLevelEngine}, each
 * Deployment with a cluster, telemetry and truth of its own.
 *
 * <p>Each request goes to a Deployment that is drawn by {@link #setShares}, among those with a
 * ready pod. Deterministic: the same scenarios, seed and calls give the same bits. One instance
 * serves one thread and may be reset again and again.
 */
public final class SharedService {
  private static final long USER_STREAM = 10;
  private static final long SPLIT_STREAM = 11;

  private final RequestLevelEngine[] deployments;
  private final Gate[] gates;
  private final RequestEngine[] engines;
  private final double[] shares;
  private final Histogram latencies = RequestCounts.newHistogram();
  private EarlierLoad users;
  private UniformRandomProvider random;
  private int seconds;
  private int now;

  /** Makes room for so many Deployments; {@link #reset} comes before anything else. */
  public SharedService(int deployments) {
    if (deployments < 1) {
      throw new IllegalArgumentException(
          "a service needs a Deployment at least, not " + deployments);
    }
    this.deployments = new RequestLevelEngine[deployments];
    gates = new Gate[deployments];
    engines = new RequestEngine[deployments];
    for (int d = 0; d < deployments; d++) {
      this.deployments[d] = new RequestLevelEngine();
      gates[d] = new Gate();
    }
    shares = new double[deployments];
  }

  /**
   * Starts, the initial replicas ready and warmed up with the users of the first minute, telemetry
   * included. Requests go to all Deployments alike until {@link #setShares}.
   *
   * @param scenarios one a Deployment; their traffic must be the same closed loop
   */
  public void reset(List<Scenario> scenarios, long seed) {
    Scenario first = scenarios.get(0);
    if (scenarios.size() != deployments.length
        || scenarios.stream()
            .anyMatch(
                each ->
                    each.seconds() != first.seconds()
                        || !each.traffic().equals(first.traffic())
                        || !each.telemetry().equals(first.telemetry()))) {
      throw new IllegalArgumentException(
          "there must be "
              + deployments.length
              + " Deployments with the same traffic, length and telemetry");
    }
    if (!(first.traffic().demand(seed) instanceof Demand.Closed closed)) {
      throw new IllegalArgumentException("Deployments share users of a closed loop only");
    }
    users = EarlierLoad.users(first, closed, RequestEngine.random(seed, USER_STREAM));
    random = RequestEngine.random(seed, SPLIT_STREAM);
    seconds = first.seconds();
    now = -WarmUp.seconds(first);
    Arrays.fill(shares, 1.0);
    for (int d = 0; d < deployments.length; d++) {
      gates[d].close();
      // Neighbouring seeds must not give the Deployments the same draws.
      deployments[d].begin(scenarios.get(d), gates[d], seed * deployments.length + d);
      engines[d] = deployments[d].requests();
    }
    passTo(0);
    for (RequestLevelEngine deployment : deployments) {
      deployment.startTruth();
    }
    latencies.reset();
    users.drainLatencies(latencies);
    latencies.reset();
  }

  /** Seconds since the start. */
  public int timeSeconds() {
    return now;
  }

  /** Lets time pass, to the scenarios' end at most. */
  public void advance(int more) {
    passTo(Math.min(now + more, seconds));
  }

  /**
   * Sets to which Deployments requests go from now on.
   *
   * @param weights one a Deployment, not negative, one of them positive
   */
  public void setShares(double... weights) {
    double sum = 0;
    for (double weight : weights) {
      sum += weight >= 0 ? weight : Double.NaN;
    }
    if (weights.length != shares.length || !(sum > 0 && sum < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "shares must be " + shares.length + " weights, not " + Arrays.toString(weights));
    }
    System.arraycopy(weights, 0, shares, 0, shares.length);
  }

  /** Sets {@code spec.replicas} of a Deployment, as {@link RequestLevelEngine} does. */
  public void setDesiredReplicas(int deployment, int replicas) {
    deployments[deployment].setDesiredReplicas(replicas);
  }

  /** Writes what Prometheus and the Kubernetes API show of a Deployment now. */
  public void readTelemetry(int deployment, TelemetryBuffer out) {
    deployments[deployment].readTelemetry(out);
  }

  /** What truly happened to a Deployment since the start. */
  public Truth truth(int deployment) {
    return deployments[deployment].truth();
  }

  /** Pods of a Deployment that are in the Service now. */
  public int ready(int deployment) {
    return engines[deployment].fleet().readyCount();
  }

  /** Shows what happens in a Deployment from now on to {@code observer}, until the next reset. */
  public void observe(int deployment, RequestObserver observer) {
    deployments[deployment].observe(observer);
  }

  /**
   * Moves the latencies users saw since the last call into {@code into}, nanoseconds: network and
   * client included, whichever Deployment answered.
   */
  public void drainLatencies(Histogram into) {
    users.drainLatencies(into);
  }

  private void passTo(int until) {
    long nanos = until * Nanos.PER_SECOND;
    while (true) {
      int next = nextEngine();
      long event = next < 0 ? EventHeap.NEVER : engines[next].nextEventNanos();
      long user = users.nextNanos();
      // What happens in the service comes before what users do at the same instant.
      if (Math.min(event, user) > nanos) {
        break;
      }
      if (event <= user) {
        engines[next].advanceTo(event);
        continue;
      }
      int tag = users.take();
      if (tag != Load.NOTHING) {
        int to = draw();
        gates[to].open(user, tag);
        engines[to].advanceTo(user);
      }
    }
    for (RequestLevelEngine deployment : deployments) {
      deployment.passTo(until);
    }
    now = until;
  }

  private int nextEngine() {
    int next = -1;
    long least = EventHeap.NEVER;
    for (int d = 0; d < engines.length; d++) {
      long at = engines[d].nextEventNanos();
      if (at < least) {
        least = at;
        next = d;
      }
    }
    return next;
  }

  /** Draws among the Deployments with a ready pod, where there is one; else among all. */
  private int draw() {
    double sum = 0;
    for (int d = 0; d < engines.length; d++) {
      sum += ready(d) > 0 ? shares[d] : 0;
    }
    boolean any = sum > 0;
    if (!any) {
      // Those that have pods but no share take over, else the request is refused somewhere.
      for (int d = 0; d < engines.length; d++) {
        if (ready(d) > 0) {
          return d;
        }
        sum += shares[d];
      }
    }
    double at = random.nextDouble() * sum;
    int last = 0;
    for (int d = 0; d < engines.length; d++) {
      double share = !any || ready(d) > 0 ? shares[d] : 0;
      if (share > 0) {
        last = d;
        at -= share;
        if (at < 0) {
          break;
        }
      }
    }
    return last;
  }

  /** What a Deployment sees of the users: a request at a time, handed to it the moment it comes. */
  private final class Gate implements Load {
    private long at = EventHeap.NEVER;
    private int tag;

    void open(long nanos, int tag) {
      at = nanos;
      this.tag = tag;
    }

    void close() {
      at = EventHeap.NEVER;
    }

    @Override
    public long nextNanos() {
      return at;
    }

    @Override
    public int take() {
      at = EventHeap.NEVER;
      return tag;
    }

    @Override
    public boolean closed() {
      return true;
    }

    @Override
    public void answered(int tag, long nowNanos, boolean served) {
      users.answered(tag, nowNanos, served);
    }
  }
}
