package io.kiss.kisim.paper;

import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.gpu.DeviceKind;
import io.kiss.kisim.request.SharedService;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * An episode of the paper's environment: users of one pattern on a GPU and a CPU Deployment of the
 * same service, every request simulated. Baselines run on one of the Deployments alone.
 *
 * <p>One instance serves one thread and one episode after the other.
 */
public final class PaperEpisode {
  private static final double MS = 1e-6;
  private static final long LONGEST_NANOS = 86_400_000_000_000L;

  private final PaperSetup setup;
  private final List<DeviceKind> kinds;
  private final SharedService service;
  private final TelemetryBuffer telemetry = new TelemetryBuffer(PaperSetup.MOST_REPLICAS);
  private final Histogram step = new Histogram(1_000, LONGEST_NANOS, 3);
  private final Histogram all = new Histogram(1_000, LONGEST_NANOS, 3);
  private final int[] replicas;
  private final double[] held;
  private final double[] busy;
  private final boolean[] scaled = new boolean[PaperSetup.STEPS];
  private PaperPattern pattern;
  private int steps;
  private boolean changed;

  /**
   * Makes room for episodes.
   *
   * @param kinds Deployments there are: GPU, CPU, or GPU and CPU in this order
   */
  public PaperEpisode(PaperSetup setup, List<DeviceKind> kinds) {
    this.setup = setup;
    this.kinds = List.copyOf(kinds);
    service = new SharedService(kinds.size());
    replicas = new int[kinds.size()];
    held = new double[kinds.size()];
    busy = new double[kinds.size()];
  }

  /** Starts an episode; {@code each} replicas of each Deployment are ready. */
  public void start(PaperPattern pattern, int each, long seed) {
    this.pattern = pattern;
    java.util.Arrays.fill(replicas, each);
    service.reset(setup.scenarios(pattern, kinds, replicas), seed);
    steps = 0;
    changed = false;
    java.util.Arrays.fill(held, 0);
    java.util.Arrays.fill(busy, 0);
    step.reset();
    all.reset();
  }

  /** The pattern of the episode. */
  public PaperPattern pattern() {
    return pattern;
  }

  /** Steps that are over. */
  public int steps() {
    return steps;
  }

  /** Whether all steps are over. */
  public boolean ended() {
    return steps == PaperSetup.STEPS;
  }

  /** Seconds since the start. */
  public int timeSeconds() {
    return service.timeSeconds();
  }

  /** Replicas a Deployment was asked for; 0 where there is no such. */
  public int replicas(DeviceKind kind) {
    int d = kinds.indexOf(kind);
    return d < 0 ? 0 : replicas[d];
  }

  /** Asks for replicas of a Deployment, put inside 1 and ten. */
  public void scaleTo(DeviceKind kind, int wanted) {
    int d = kinds.indexOf(kind);
    int put = Math.max(1, Math.min(PaperSetup.MOST_REPLICAS, wanted));
    changed |= put != replicas[d];
    replicas[d] = put;
    service.setDesiredReplicas(d, put);
  }

  /** Sends requests where this placement has them, where there are two Deployments. */
  public void place(Placement placement) {
    if (kinds.size() == 2) {
      service.setShares(placement.gpuShare(), 1 - placement.gpuShare());
    }
  }

  /** What Prometheus and the Kubernetes API show of a Deployment now; the next call fills it. */
  public TelemetryBuffer telemetry(DeviceKind kind) {
    service.readTelemetry(kinds.indexOf(kind), telemetry);
    return telemetry;
  }

  /** What truly happened to a Deployment since the start. */
  public Truth truth(DeviceKind kind) {
    return service.truth(kinds.indexOf(kind));
  }

  /** The service itself, to watch. */
  public SharedService service() {
    return service;
  }

  /** Lets time pass, at most to the end of the step. */
  public void advance(int seconds) {
    int end = (steps + 1) * PaperSetup.STEP_SECONDS;
    service.advance(Math.min(seconds, end - service.timeSeconds()));
  }

  /** Lets the step end, and measures it. */
  public PaperStep endStep() {
    advance(PaperSetup.STEP_SECONDS);
    step.reset();
    service.drainLatencies(step);
    all.add(step);
    double stability = PaperReward.stability(scaled, steps);
    double gpuPercent = 100 * share(DeviceKind.GPU);
    double cpuPercent = 100 * share(DeviceKind.CPU);
    double p95 = p95Ms(step);
    double throughput = (double) step.getTotalCount() / PaperSetup.STEP_SECONDS;
    int gpu = replicas(DeviceKind.GPU);
    int cpu = replicas(DeviceKind.CPU);
    scaled[steps++] = changed;
    changed = false;
    return new PaperStep(
        p95,
        throughput,
        gpuPercent,
        cpuPercent,
        memoryPercent(),
        gpu,
        cpu,
        PaperReward.of(pattern, p95, throughput, gpu, cpu, cpuPercent, stability));
  }

  /** Share of the time that pods of a Deployment held devices in this step in which work ran. */
  private double share(DeviceKind kind) {
    int d = kinds.indexOf(kind);
    if (d < 0) {
      return 0;
    }
    Truth truth = service.truth(d);
    double heldNow = truth.gpuSeconds();
    double busyNow = truth.busyGpuSeconds();
    double share = heldNow > held[d] ? (busyNow - busy[d]) / (heldNow - held[d]) : 0;
    held[d] = heldNow;
    busy[d] = busyNow;
    return share;
  }

  private double memoryPercent() {
    if (!kinds.contains(DeviceKind.CPU)) {
      return 0;
    }
    TelemetryBuffer shown = telemetry(DeviceKind.CPU);
    return 100.0 * (shown.readyReplicas + shown.pendingReplicas) / PaperSetup.MOST_REPLICAS;
  }

  private static double p95Ms(Histogram latencies) {
    return latencies.getTotalCount() == 0 ? Double.NaN : latencies.getValueAtPercentile(95) * MS;
  }

  /** Latency that 95 % of all answers since the start kept to, milliseconds. */
  public double p95Ms() {
    return p95Ms(all);
  }

  /** Answers since the start. */
  public long answers() {
    return all.getTotalCount();
  }
}
