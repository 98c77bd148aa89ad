package io.kiss.kisim.fluid;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.cluster.FaultSettings;
import io.kiss.kisim.cluster.NodePool;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.gpu.DeviceKind;
import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.gpu.DeviceType;
import io.kiss.kisim.serving.BatchCurve;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.serving.TimeoutAction;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.time.Delay;
import io.kiss.kisim.traffic.ArrivalTrace;
import io.kiss.kisim.traffic.ClosedTraffic;
import io.kiss.kisim.traffic.OpenTraffic;
import io.kiss.kisim.traffic.PatternTraffic;
import io.kiss.kisim.traffic.ReplayTraffic;
import io.kiss.kisim.traffic.Traffic;
import io.kiss.kisim.traffic.TrafficKind;
import io.kiss.kisim.traffic.pattern.ClientSettings;
import io.kiss.kisim.traffic.pattern.MarkovModulatedRate;
import io.kiss.kisim.traffic.pattern.PaperPatterns;
import java.util.List;
import java.util.Random;
import org.apache.commons.rng.simple.RandomSource;

/** Random scenarios on which the two engines are compared; scenario i is always the same. */
final class ValidationScenarios {
  private static final int SECONDS = 1800;

  /** Requests of a run at the most: longer services where there would be more. */
  private static final double MOST_REQUESTS = 250_000;

  private static final DeviceType GPU =
      new DeviceType("gpu", DeviceKind.GPU, 16, 50, 300, 3.6, 1, "test");

  /** How a case is scaled. */
  enum Scaling {
    FIXED,
    SCHEDULE,
    HPA
  }

  /** A scenario, how it is scaled, and what it is about. */
  record Case(Scenario scenario, Scaling scaling, double load, boolean faults, String words) {}

  private ValidationScenarios() {}

  static Case draw(int index) {
    Random random = new Random(7919L * index + 13);
    int replicas = (int) Math.round(logUniform(random, 1, 40));
    double load = random.nextDouble(0.2, 1.5);
    String kind = KINDS[index % KINDS.length];
    double seconds = logUniform(random, 0.02, 1);
    ServiceModel unit = service(random, 1);
    double longest = replicas * load * unit.podCapacity() * SECONDS / MOST_REQUESTS;
    Random again = new Random(7919L * index + 13_000_000_007L);
    ServiceModel service = service(again, Math.max(seconds, longest));
    // The first draw only told the capacity of one second's service.
    service = service(new Random(again.nextLong()), Math.max(seconds, longest));
    double rate = replicas * load * service.podCapacity();
    double cv = kind.equals("gamma") ? random.nextDouble(0.5, 3) : 1;
    Traffic traffic = traffic(kind, random, rate, cv, service, load);
    Scaling scaling = Scaling.values()[random.nextInt(3)];
    boolean faults = random.nextInt(4) == 0;
    Routing routing = Routing.values()[random.nextInt(3)];
    int most = Math.max(2, (int) Math.ceil(replicas * random.nextDouble(1, 2.2)));
    double slo = service.loneLatencySeconds() * logUniform(random, 2, 10);
    Scenario scenario =
        new Scenario(
            "case " + index,
            service,
            routing,
            traffic,
            SECONDS,
            cluster(random, service, most, faults),
            slo,
            replicas,
            most,
            TelemetrySettings.DEFAULT);
    DynamicBatching b = service.batching();
    String words =
        String.format(
            "%s, %d pods, load %.2f, batch %d x%d, %s %.2f, lone %.3f s, limit %d, timeout %.1f"
                + " %s, %s, %s, %s%s",
            kind,
            replicas,
            load,
            b.maxBatch(),
            b.instances(),
            service.noise().kind(),
            service.noise().cv(),
            service.loneLatencySeconds(),
            b.queueLimit(),
            b.queueTimeoutSeconds(),
            b.timeoutAction(),
            routing,
            service.sharing().getClass().getSimpleName(),
            scaling,
            faults ? ", faults" : "");
    return new Case(scenario, scaling, load, faults, words);
  }

  private static final String[] KINDS = {
    "ramp",
    "spike",
    "periodic",
    "random",
    "diurnal",
    "flash crowd",
    "markov",
    "gamma",
    "trace",
    "paper ramp",
    "paper spike",
    "paper periodic",
    "paper random",
    "walk",
    "on-off",
    "constant"
  };

  private static double logUniform(Random random, double low, double high) {
    return low * Math.exp(random.nextDouble() * Math.log(high / low));
  }

  private static ServiceModel service(Random random, double lone) {
    int batch = 1 << random.nextInt(7);
    int instances = 1 + random.nextInt(4);
    double fixed = random.nextDouble(0.3, 0.95);
    double host = random.nextDouble(0, 0.4);
    double[] items = {1, 2};
    double[] hosts = {host * lone, host * lone};
    double each = (1 - fixed) * (1 - host) * lone;
    double base = fixed * (1 - host) * lone;
    BatchCurve curve =
        new BatchCurve(items, hosts, new double[] {base + each, base + 2 * each}, false);
    double cv = random.nextDouble(0.05, 1);
    ServiceNoise noise =
        random.nextInt(8) == 0 ? ServiceNoise.EXPONENTIAL : ServiceNoise.lognormal(cv);
    int[] preferred =
        batch >= 8 && random.nextInt(4) == 0 ? new int[] {batch / 2, batch} : new int[0];
    double delay = random.nextInt(3) == 0 ? random.nextDouble(0.05, 0.5) * lone : 0;
    int limit = random.nextInt(4) == 0 ? batch * instances * (2 + random.nextInt(20)) : 0;
    double timeout = random.nextInt(3) == 0 ? 0 : lone * logUniform(random, 10, 100);
    TimeoutAction action = random.nextInt(4) == 0 ? TimeoutAction.DELAY : TimeoutAction.REJECT;
    DynamicBatching batching =
        new DynamicBatching(batch, preferred, delay, instances, limit, timeout, action);
    DeviceSharing sharing =
        switch (random.nextInt(6)) {
          case 0 -> new DeviceSharing.TimeSliced(2, 0.05);
          case 1 -> new DeviceSharing.Mig(3, 0.45);
          default -> new DeviceSharing.Exclusive();
        };
    StartUp startUp =
        StartUp.ofTotal(logUniform(random, 15, 300), random.nextDouble(0.02, 0.3), 30);
    return new ServiceModel("s", GPU, sharing, curve, noise, batching, 1, startUp);
  }

  private static Traffic traffic(
      String kind, Random random, double rate, double cv, ServiceModel service, double load) {
    if (kind.startsWith("paper")) {
      double think = 1.5;
      // As many users as would bring that load if each were answered at once.
      double users = rate * (think + service.loneLatencySeconds());
      return closed(kind.substring(6), users / 100, think);
    }
    if (kind.equals("markov")) {
      double[] rates = {0.3 * rate, rate, 0.6 * rate};
      double[] hold = {120, 60, 200};
      return new PatternTraffic(
          seed ->
              new MarkovModulatedRate(rates, hold, RandomSource.XO_RO_SHI_RO_128_PP.create(seed)),
          SECONDS,
          1);
    }
    float[] shape = new float[SECONDS];
    TrafficKind drawn =
        switch (kind) {
          case "ramp" -> TrafficKind.RAMP;
          case "spike" -> TrafficKind.SPIKE;
          case "periodic" -> TrafficKind.PERIODIC;
          case "random" -> TrafficKind.RANDOM;
          case "diurnal" -> TrafficKind.DIURNAL;
          case "on-off" -> TrafficKind.ON_OFF;
          case "walk", "trace" -> TrafficKind.RANDOM_WALK;
          case "flash crowd" -> TrafficKind.FLASH_CROWDS;
          default -> null;
        };
    if (drawn == null) {
      java.util.Arrays.fill(shape, 1);
    } else {
      drawn.fill(shape, SECONDS, RandomSource.XO_RO_SHI_RO_128_PP.create(random.nextLong()));
    }
    for (int s = 0; s < SECONDS; s++) {
      shape[s] *= (float) rate;
    }
    if (kind.equals("trace")) {
      double[] counts = new double[SECONDS / 10];
      for (int s = 0; s < SECONDS; s++) {
        counts[s / 10] += shape[s];
      }
      for (int b = 0; b < counts.length; b++) {
        counts[b] = Math.rint(counts[b]);
      }
      return new ReplayTraffic(new ArrivalTrace("drawn", 10, counts), 1, true);
    }
    return new OpenTraffic(shape, SECONDS, cv);
  }

  private static Traffic closed(String name, double factor, double think) {
    return new ClosedTraffic(
        seed -> PaperPatterns.named(name, SECONDS, seed).times(Math.max(0.01, factor)),
        SECONDS,
        Delay.uniform(think - 0.5, think + 0.5),
        Delay.constant(0.005),
        ClientSettings.UNLIMITED);
  }

  private static ClusterSpec cluster(
      Random random, ServiceModel service, int most, boolean faults) {
    int gpus = 4;
    int nodes = (most + gpus - 1) / gpus + 1;
    List<NodePool> pools = List.of(NodePool.fixed("fixed", nodes, gpus));
    if (random.nextInt(3) == 0) {
      pools =
          List.of(
              NodePool.fixed("fixed", Math.max(1, nodes / 2), gpus),
              new NodePool("spot", gpus, 0, nodes, Delay.lognormal(90, 0.3), 600, true, false));
    }
    FaultSettings settings =
        faults ? FaultSettings.NONE.withRates(0.5, 0.1, 0.3, 0.5) : FaultSettings.NONE;
    return new ClusterSpec(pools, Delay.uniform(0.1, 1), Delay.uniform(0.05, 0.5), settings);
  }
}
