package io.kiss.kisim.fluid;

import io.kiss.kisim.cluster.KubernetesCluster;
import io.kiss.kisim.cluster.PodListener;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.time.Nanos;
import java.util.Arrays;

/**
 * The requests of one Deployment as fluids. Usually all pods hold equally much and are one {@link
 * Station}; pods that hold more or less than the others (new ones beside a backlog, draining ones,
 * unreachable ones) make stations of their own until they have caught up.
 */
final class FluidQueue implements PodListener {
  /** Pods hold equally much when they differ by less than this share and half a request. */
  private static final double EQUAL_SHARE = 0.03;

  private static final double EQUAL_REQUESTS = 0.5;

  /** Draining pods that need no longer than this leave what they hold to the others. */
  private static final double SHORT_DRAIN_SECONDS = 1;

  /** A fluid's last requests trickle out for ever: a draining pod with fewer is done. */
  private static final double LAST_REQUESTS = 0.7;

  private final KubernetesCluster cluster;
  private StationaryTable table;
  private StationLimits limits;
  private boolean leastOutstanding;
  private int second;

  /** The first is that of most pods. */
  private Station[] stations = new Station[4];

  private int count;

  /** Of each pod by its number, null without one. */
  private Station[] ofPod = new Station[16];

  /** Whether a pod is in the Service. */
  private boolean[] inService = new boolean[16];

  /** Draining pods, and when they are likely to be done. */
  private int drains;

  private int[] drainingPods = new int[16];
  private double[] drainedAt = new double[16];

  private int podsInService;
  private double lost;
  private double refused;
  private double crumbs;
  private boolean changed;

  FluidQueue(KubernetesCluster cluster) {
    this.cluster = cluster;
    for (int i = 0; i < stations.length; i++) {
      stations[i] = new Station();
    }
  }

  /**
   * Starts without pods and requests.
   *
   * @param firstSecond the first that {@link #pass} will be given
   */
  void reset(Scenario scenario, StationaryTable table, int firstSecond) {
    this.table = table;
    limits = StationLimits.of(scenario.service());
    leastOutstanding = scenario.routing() == Routing.LEAST_OUTSTANDING;
    second = firstSecond;
    count = 0;
    drains = 0;
    podsInService = 0;
    lost = 0;
    refused = 0;
    crumbs = 0;
    Arrays.fill(ofPod, null);
    Arrays.fill(inService, false);
  }

  /** Lets a second pass in which {@code fixed − feedback × present after it} requests arrive. */
  void pass(int second, double fixed, double feedback, double ownShare) {
    this.second = second;
    refused = 0;
    if (count > 1) {
      mergeEqual();
    }
    for (int i = 0; i < count; i++) {
      stations[i].setOwnShare(ownShare);
    }
    if (count == 1 && podsInService > 0) {
      stations[0].pass(second, fixed, feedback);
      return;
    }
    passApart(second, fixed, feedback);
  }

  private void passApart(int second, double fixed, double feedback) {
    double arriving = fixed;
    if (feedback > 0) {
      arriving = Math.max(0, (fixed - feedback * present()) / (1 + feedback));
    }
    if (podsInService == 0) {
      refused = arriving;
      arriving = 0;
    }
    Station lowest = leastOutstanding ? lowest() : null;
    double left = arriving;
    if (lowest != null && !lowest.serving()) {
      // A silent pod gets requests until it holds as many as the others; all, if all are silent.
      double room = Math.min(left, roomBelowOthers(lowest));
      lowest.pass(second, room, 0);
      left -= room;
    }
    Station next = lowest != null && !lowest.serving() ? lowestServing() : lowest;
    for (int i = 0; i < count; i++) {
      Station station = stations[i];
      if (station == lowest && !station.serving()) {
        continue;
      }
      double share = 0;
      if (leastOutstanding) {
        share = station == next ? left : 0;
      } else if (station.inService()) {
        share = arriving * station.pods() / podsInService;
      }
      station.pass(second, share, 0);
    }
  }

  private Station lowest() {
    Station lowest = null;
    for (int i = 0; i < count; i++) {
      Station station = stations[i];
      if (station.inService() && (lowest == null || station.perPod() < lowest.perPod())) {
        lowest = station;
      }
    }
    return lowest;
  }

  private Station lowestServing() {
    Station lowest = null;
    for (int i = 0; i < count; i++) {
      Station station = stations[i];
      if (station.inService()
          && station.serving()
          && (lowest == null || station.perPod() < lowest.perPod())) {
        lowest = station;
      }
    }
    return lowest;
  }

  private double roomBelowOthers(Station silent) {
    Station other = lowestServing();
    return other == null
        ? Double.POSITIVE_INFINITY
        : Math.max(0, (other.perPod() - silent.perPod()) * silent.pods());
  }

  /** Makes one of the stations in service whose pods hold equally much by now. */
  private void mergeEqual() {
    for (int i = 0; i < count; i++) {
      for (int j = count - 1; j > i; j--) {
        if (areEqual(stations[i], stations[j])) {
          merge(i, j);
        }
      }
    }
  }

  private static boolean areEqual(Station a, Station b) {
    if (!(a.inService() && b.inService() && a.serving() && b.serving())) {
      return false;
    }
    if (!a.hasLine() && !b.hasLine()) {
      return true;
    }
    double difference = Math.abs(a.perPod() - b.perPod());
    return difference <= EQUAL_REQUESTS + EQUAL_SHARE * Math.max(a.perPod(), b.perPod());
  }

  private void merge(int into, int from) {
    Station kept = stations[into];
    Station gone = stations[from];
    kept.merge(gone);
    for (int pod = 0; pod < ofPod.length; pod++) {
      if (ofPod[pod] == gone) {
        ofPod[pod] = kept;
      }
    }
    remove(from);
  }

  private void remove(int at) {
    Station gone = stations[at];
    count--;
    System.arraycopy(stations, at + 1, stations, at, count - at);
    stations[count] = gone;
  }

  private void remove(Station station) {
    for (int i = 0; i < count; i++) {
      if (stations[i] == station) {
        remove(i);
        return;
      }
    }
  }

  private Station addForOnePod() {
    if (count == stations.length) {
      stations = Arrays.copyOf(stations, 2 * count);
      for (int i = count; i < stations.length; i++) {
        stations[i] = new Station();
      }
    }
    Station station = stations[count++];
    station.begin(limits, table, 1, second + 1);
    return station;
  }

  /** The pod gets a station of its own, with its part of what it shared. */
  private Station apart(int pod) {
    Station shared = ofPod[pod];
    if (shared.pods() == 1) {
      return shared;
    }
    Station own = addForOnePod();
    own.takeFrom(shared, 1.0 / shared.pods());
    shared.setPods(shared.pods() - 1);
    ofPod[pod] = own;
    return own;
  }

  /** Whether pods wait for {@link #endDrains}. */
  boolean hasDrains() {
    return drains > 0;
  }

  /** Whether any pod came, left or died since this was asked last. */
  boolean takeChanged() {
    boolean taken = changed;
    changed = false;
    return taken;
  }

  @Override
  public void created(int pod, long now) {
    if (pod >= ofPod.length) {
      int length = Math.max(pod + 1, 2 * ofPod.length);
      ofPod = Arrays.copyOf(ofPod, length);
      inService = Arrays.copyOf(inService, length);
    }
  }

  @Override
  public void ready(int pod, long now) {
    changed = true;
    inService[pod] = true;
    podsInService++;
    for (int i = 0; i < count; i++) {
      Station station = stations[i];
      if (station.inService() && station.serving() && !station.hasLine()) {
        station.setPods(station.pods() + 1);
        ofPod[pod] = station;
        return;
      }
    }
    ofPod[pod] = addForOnePod();
  }

  @Override
  public void draining(int pod, long now) {
    leaveService(pod);
    Station shared = ofPod[pod];
    if (!shared.serving()) {
      apart(pod).leaveService();
      return;
    }
    double seconds = drainSeconds(shared);
    if (shared.pods() > 1 && seconds <= SHORT_DRAIN_SECONDS) {
      shared.setPods(shared.pods() - 1);
      ofPod[pod] = null;
    } else {
      apart(pod).leaveService();
    }
    drainFor(pod, seconds, now);
  }

  private void leaveService(int pod) {
    changed = true;
    if (inService[pod]) {
      inService[pod] = false;
      podsInService--;
    }
  }

  /** Time a pod needs to finish what it holds. */
  private double drainSeconds(Station station) {
    double held = station.perPod();
    StationaryCurve curve = station.curve();
    double perPod = curve.capacity / curve.pods * limits.unitsPerSecond();
    return held / perPod + Math.min(1, held) * 0.5 * limits.unitSeconds();
  }

  private void drainFor(int pod, double seconds, long now) {
    if (seconds < 0.5) {
      finish(pod);
      return;
    }
    if (drains == drainingPods.length) {
      drainingPods = Arrays.copyOf(drainingPods, 2 * drains);
      drainedAt = Arrays.copyOf(drainedAt, 2 * drains);
    }
    drainingPods[drains] = pod;
    drainedAt[drains++] = Nanos.toSeconds(now) + seconds;
  }

  /** Tells the cluster of the pods that have drained by now, which must be the cluster's time. */
  void endDrains(int now) {
    for (int i = drains - 1; i >= 0; i--) {
      int pod = drainingPods[i];
      boolean done = ofPod[pod] == null || ofPod[pod].present() < LAST_REQUESTS;
      if (drainedAt[i] <= now && done) {
        forgetDrain(i);
        finish(pod);
      }
    }
  }

  private void forgetDrain(int index) {
    drains--;
    drainingPods[index] = drainingPods[drains];
    drainedAt[index] = drainedAt[drains];
  }

  private void finish(int pod) {
    changed = true;
    Station own = ofPod[pod];
    ofPod[pod] = null;
    if (own != null) {
      remove(own);
      crumbs += own.loseAll();
    }
    cluster.drained(pod);
  }

  @Override
  public void unreachable(int pod, long now) {
    if (ofPod[pod] != null) {
      apart(pod).stop();
    }
  }

  @Override
  public void killed(int pod, long now) {
    leaveService(pod);
    cancelDrain(pod);
    if (ofPod[pod] != null) {
      Station own = apart(pod);
      lost += own.loseAll();
      remove(own);
      ofPod[pod] = null;
    }
  }

  @Override
  public void gone(int pod, long now) {
    leaveService(pod);
    cancelDrain(pod);
  }

  private void cancelDrain(int pod) {
    for (int i = drains - 1; i >= 0; i--) {
      if (drainingPods[i] == pod) {
        forgetDrain(i);
      }
    }
  }

  /** Stations there are. */
  int count() {
    return count;
  }

  Station station(int index) {
    return stations[index];
  }

  /** Requests in the system, all stations together. */
  double present() {
    if (count == 1) {
      return stations[0].present();
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += stations[i].present();
    }
    return sum;
  }

  /** A curve of any number of pods: what a lone request takes is the same on all. */
  StationaryCurve anyCurve() {
    return count > 0 ? stations[0].curve() : table.curve(1);
  }

  /** Requests refused in the last second since no pod was ready. */
  double refused() {
    return refused;
  }

  /** Requests lost with their pods since this was asked last. */
  double takeLost() {
    double taken = lost;
    lost = 0;
    return taken;
  }

  /** Fractions of requests that draining pods finished since this was asked last. */
  double takeCrumbs() {
    double taken = crumbs;
    crumbs = 0;
    return taken;
  }
}
