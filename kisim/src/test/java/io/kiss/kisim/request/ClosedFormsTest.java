package io.kiss.kisim.request;

import io.kiss.kisim.gpu.DeviceKind;
import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.gpu.DeviceType;
import io.kiss.kisim.serving.BatchCurve;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.time.Delay;
import io.kiss.kisim.traffic.pattern.ClosedLoad;
import io.kiss.kisim.traffic.pattern.Load;
import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The engine beside queues whose answer is known; service rate 1 a second throughout. */
class ClosedFormsTest {
  private static final long FIRST_SEED = Long.getLong("kiss.test.seed", 1);
  private static final int RUNS = Integer.getInteger("kiss.test.runs", 40);
  private static final double WARM_UP = 2_000;
  private static final double MEASURED = 80_000;

  /** What one run measured after its warm-up. */
  private static final class Measured implements RequestObserver {
    private final long from;
    private final double[] thresholds;
    private double waits;
    private double sojourns;
    private long served;
    private final long[] late;
    private long refused;

    Measured(long from, double[] thresholds) {
      this.from = from;
      this.thresholds = thresholds;
      late = new long[thresholds.length];
    }

    @Override
    public void left(int pod, long arrived, long started, long left, Outcome outcome) {
      if (arrived < from) {
        return;
      }
      if (outcome == Outcome.SERVED) {
        served++;
        waits += started - arrived;
        sojourns += left - arrived;
        for (int i = 0; i < late.length; i++) {
          late[i] += started - arrived > thresholds[i] * 1e9 ? 1 : 0;
        }
      } else {
        refused++;
      }
    }

    double meanWait() {
      return waits / served * 1e-9;
    }

    double meanSojourn() {
      return sojourns / served * 1e-9;
    }

    double lateShare(int threshold) {
      return (double) late[threshold] / served;
    }

    double refusedShare() {
      return (double) refused / (served + refused);
    }
  }

  private static List<Measured> runs(
      ServiceModel model, LongFunction<Load> load, double... thresholds) {
    return LongStream.rangeClosed(FIRST_SEED, FIRST_SEED + RUNS - 1)
        .mapToObj(
            seed -> {
              RequestEngine engine =
                  new RequestEngine(model, Routing.ROUND_ROBIN, load.apply(seed), 1, seed);
              Measured measured = new Measured(Services.seconds(WARM_UP), thresholds);
              engine.observe(measured);
              engine.advanceTo(Services.seconds(WARM_UP + MEASURED));
              return measured;
            })
        .toList();
  }

  private static LongFunction<Load> poisson(double rate) {
    return seed -> Services.poisson(rate, seed);
  }

  /** Probability to wait in M/M/c, by the recursion of Erlang B. */
  private static double erlangC(int servers, double offered) {
    double blocked = 1;
    for (int c = 1; c <= servers; c++) {
      blocked = offered * blocked / (c + offered * blocked);
    }
    double utilisation = offered / servers;
    return blocked / (1 - utilisation * (1 - blocked));
  }

  @Test
  void meanWaitOfOneExponentialServer() {
    ServiceModel model = Services.station(1, 1, ServiceNoise.EXPONENTIAL, 0);
    List<Measured> runs = runs(model, poisson(0.7));
    Estimate.of(runs, Measured::meanWait)
        .assertHolds("M/M/1, rho 0.7: mean wait", 0.7 / (1 - 0.7), 0.05);
    Estimate.of(runs, Measured::meanSojourn)
        .assertHolds("M/M/1, rho 0.7: mean sojourn", 1 / (1 - 0.7), 0.05);
  }

  @Test
  void waitOfManyExponentialServersIsErlangC() {
    int servers = 8;
    double rate = 6.4;
    ServiceModel model = Services.station(servers, 1, ServiceNoise.EXPONENTIAL, 0);
    double waits = erlangC(servers, rate);
    double[] quantiles = {0.9, 0.95, 0.99};
    double[] thresholds = {0, 0, 0, 0};
    for (int i = 0; i < quantiles.length; i++) {
      thresholds[1 + i] = Math.log(waits / (1 - quantiles[i])) / (servers - rate);
    }
    List<Measured> runs = runs(model, poisson(rate), thresholds);
    Estimate.of(runs, measured -> measured.lateShare(0))
        .assertHolds("M/M/8, rho 0.8: share that waits", waits, 0.05);
    Estimate.of(runs, Measured::meanWait)
        .assertHolds("M/M/8, rho 0.8: mean wait", waits / (servers - rate), 0.05);
    for (int i = 0; i < quantiles.length; i++) {
      int threshold = 1 + i;
      Estimate.of(runs, measured -> measured.lateShare(threshold))
          .assertHolds(
              "M/M/8, rho 0.8: share beyond the p" + (int) (100 * quantiles[i]) + " of the wait",
              1 - quantiles[i],
              0.1);
    }
  }

  @Test
  void meanWaitOfOneConstantServer() {
    ServiceModel model = Services.station(1, 1, ServiceNoise.NONE, 0);
    Estimate.of(runs(model, poisson(0.8)), Measured::meanWait)
        .assertHolds("M/D/1, rho 0.8: mean wait", 0.8 / (2 * (1 - 0.8)), 0.05);
  }

  @Test
  void meanWaitOfOneGeneralServerIsPollaczekKhinchine() {
    for (double cv : new double[] {0.5, 1.5}) {
      ServiceModel model = Services.station(1, 1, ServiceNoise.lognormal(cv), 0);
      Estimate.of(runs(model, poisson(0.7)), Measured::meanWait)
          .assertHolds(
              "M/G/1, log-normal cv " + cv + ", rho 0.7: mean wait",
              0.7 * (1 + cv * cv) / (2 * (1 - 0.7)),
              0.08);
    }
  }

  @Test
  void lossOfAFiniteQueue() {
    int servers = 3;
    int places = 4;
    double rate = 3.3;
    double term = 1;
    double sum = 1;
    for (int n = 1; n <= servers + places; n++) {
      term *= rate / Math.min(n, servers);
      sum += term;
    }
    ServiceModel model = Services.station(servers, 1, ServiceNoise.EXPONENTIAL, places);
    Estimate.of(runs(model, poisson(rate)), Measured::refusedShare)
        .assertHolds("M/M/3/7, rho 1.1: share refused", term / sum, 0.05);
  }

  @Test
  void closedLoopOfUsersIsMachineRepair() {
    int users = 20;
    int servers = 3;
    double think = 5;
    double term = 1;
    double sum = 1;
    double busy = 0;
    for (int n = 1; n <= users; n++) {
      term *= (users - n + 1) / think / Math.min(n, servers);
      sum += term;
      busy += Math.min(n, servers) * term;
    }
    double throughput = busy / sum;
    ServiceModel model = Services.station(servers, 1, ServiceNoise.EXPONENTIAL, 0);
    LongFunction<Load> load =
        seed ->
            ClosedLoad.of(
                users, Delay.exponential(think), Delay.NONE, RequestEngine.random(seed, 98));
    List<Measured> runs = runs(model, load);
    Estimate.of(runs, measured -> measured.served / MEASURED)
        .assertHolds("20 users, 3 servers: throughput", throughput, 0.05);
    Estimate.of(runs, Measured::meanSojourn)
        .assertHolds("20 users, 3 servers: mean sojourn", users / throughput - think, 0.05);
  }

  @Test
  void closedLoopWithThinkAndNetworkTimeIsExactMeanValueAnalysis() {
    int users = 12;
    double delay = 6 + 2;
    double sojourn = 0;
    double throughput = 0;
    double queue = 0;
    for (int n = 1; n <= users; n++) {
      sojourn = 1 + queue;
      throughput = n / (delay + sojourn);
      queue = throughput * sojourn;
    }
    ServiceModel model = Services.station(1, 1, ServiceNoise.EXPONENTIAL, 0);
    LongFunction<Load> load =
        seed ->
            ClosedLoad.of(
                users, Delay.uniform(4, 8), Delay.constant(2), RequestEngine.random(seed, 98));
    List<Measured> runs = runs(model, load);
    Estimate.of(runs, measured -> measured.served / MEASURED)
        .assertHolds("12 users, delays of any shape: throughput", throughput, 0.05);
    Estimate.of(runs, Measured::meanSojourn)
        .assertHolds("12 users, delays of any shape: sojourn", sojourn, 0.05);
  }

  @Test
  void sojournOfASharedDeviceIsProcessorSharing() {
    for (ServiceNoise noise :
        new ServiceNoise[] {ServiceNoise.EXPONENTIAL, ServiceNoise.lognormal(1.5)}) {
      ServiceModel model =
          new ServiceModel(
              "shared",
              new DeviceType("cpu", DeviceKind.CPU, 16, 0, 100, 1, 1, "test"),
              new DeviceSharing.Exclusive(),
              new BatchCurve(new double[] {1}, new double[] {0}, new double[] {1}, false),
              noise,
              DynamicBatching.greedy(1, 64),
              1,
              StartUp.INSTANT);
      Estimate.of(runs(model, poisson(0.6)), Measured::meanSojourn)
          .assertHolds("M/G/1-PS, " + noise.kind() + ", rho 0.6: sojourn", 1 / (1 - 0.6), 0.05);
    }
  }
}
