package io.kiss.cluster.evaluate.report;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.evaluate.TournamentCase;
import io.kiss.kisim.evaluate.TournamentCases;
import io.kiss.kisim.evaluate.result.EntrantInfo;
import io.kiss.kisim.evaluate.result.EntrantInfo.Role;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import io.kiss.kisim.evaluate.result.Failure;
import io.kiss.kisim.evaluate.result.Replay;
import io.kiss.kisim.evaluate.result.RunResult;
import io.kiss.kisim.evaluate.result.SweepPoint;
import io.kiss.kisim.evaluate.result.TraceInfo;
import io.kiss.kisim.fluid.FluidEngine;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.telemetry.Telemetry;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import io.kiss.kisim.traffic.ArrivalTrace;
import io.kiss.kisim.traffic.OpenTraffic;
import io.kiss.kisim.traffic.pattern.LoadPattern;
import io.kiss.kisim.traffic.pattern.LoadPatterns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Small evaluations that really ran: autoscalers on the fluid engine, on made-up traffic. */
final class RealRuns {
  static final double SLO = 0.5;
  private static final int STEP = 15;
  private static final double STARTUP = 90;
  private static final double PRICE = 10;
  private static final ServiceModel SERVICE =
      ServiceModel.ofServers("chat-small", 0.08, 4, ServiceNoise.NONE, StartUp.INSTANT);

  /** One that takes part: in role ORACLE it is given the trace instead of what its text says. */
  record Player(String text, Role role) {}

  static final List<Player> TWO =
      List.of(new Player("hpa", Role.BASELINE), new Player("queueing", Role.BASELINE));

  static final List<Player> THIRTEEN =
      List.of(
          new Player("forecast", Role.POLICY),
          new Player("static", Role.BASELINE),
          new Player("hpa", Role.BASELINE),
          new Player("hpa:target=0.6", Role.TUNED),
          new Player("hpa:target=0.8", Role.TUNED_HERE),
          new Player("keda", Role.BASELINE),
          new Player("kpa:target=0.7,unit=replica", Role.TUNED),
          new Player("apa", Role.BASELINE),
          new Player("wva", Role.BASELINE),
          new Player("dynamo", Role.BASELINE),
          new Player("ray:target=0.7,unit=replica", Role.TUNED),
          new Player("queueing", Role.BASELINE),
          new Player("oracle", Role.ORACLE));

  private final List<RunResult> runs = new ArrayList<>();
  private final List<Replay> replays = new ArrayList<>();

  private RealRuns() {}

  static EvaluationResults of(List<Player> players, int traces, int seeds, int seconds) {
    RealRuns made = new RealRuns();
    List<TraceInfo> infos = new ArrayList<>();
    List<SweepPoint> sweep = new ArrayList<>();
    for (int t = 0; t < traces; t++) {
      ArrivalTrace trace = trace(t, seconds);
      TournamentCase each =
          TournamentCases.replay(trace, SERVICE, 12 + 3 * t, SLO, STARTUP, PRICE, STEP, 1);
      infos.add(info(each, seconds));
      for (int seed = 1; seed <= seeds; seed++) {
        for (Player player : players) {
          made.play(player, each, seed);
        }
      }
      for (String target : List.of("0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9")) {
        sweep.add(swept(each, "hpa", "target=" + target));
        sweep.add(swept(each, "kpa", "target=" + target + ",unit=replica"));
      }
    }
    return new EvaluationResults(
        "./kiss evaluate --traces made-up.csv --seeds " + seeds,
        "0.1.0-SNAPSHOT",
        "fluid",
        PRICE,
        infos,
        players.stream().map(RealRuns::entrant).toList(),
        made.runs,
        sweep,
        made.replays,
        List.of());
  }

  /** The same without what one entrant did from {@code seed} on, as if that had failed. */
  static EvaluationResults failing(EvaluationResults all, String autoscaler, long seed) {
    List<RunResult> kept = new ArrayList<>();
    List<Failure> failures = new ArrayList<>();
    for (RunResult run : all.runs()) {
      if (run.autoscaler().equals(autoscaler) && run.seed() >= seed) {
        failures.add(
            new Failure(
                run.trace(), run.seed(), autoscaler, "its policy expects 40 features, not 39"));
      } else {
        kept.add(run);
      }
    }
    return new EvaluationResults(
        all.command(),
        all.version(),
        all.engine(),
        all.violationPrice(),
        all.traces(),
        all.entrants(),
        kept,
        all.sweep(),
        all.replays(),
        failures);
  }

  private static EntrantInfo entrant(Player player) {
    Map<String, String> settings =
        switch (player.role()) {
          case TUNED -> Map.of("", player.text().substring(player.text().indexOf(':') + 1));
          case TUNED_HERE -> Map.of("diurnal-0", "target=0.8", "flash-1", "target=0.7");
          default -> Map.of();
        };
    String sha = player.role() == Role.POLICY ? "9f86d081884c7d659a2feaa0c55ad015" : "";
    return new EntrantInfo(player.text(), player.role(), settings, sha);
  }

  private static TraceInfo info(TournamentCase each, int seconds) {
    Scenario scenario = each.episode().scenario();
    return new TraceInfo(
        each.name(),
        "traces/" + each.name() + ".csv.gz",
        0,
        seconds,
        1.5,
        SERVICE.name(),
        SERVICE.device().name(),
        SLO,
        STARTUP,
        1,
        scenario.maxReplicas(),
        scenario.initialReplicas(),
        SERVICE.podCapacity(),
        scenario.service().batching().queueTimeoutSeconds());
  }

  private static ArrivalTrace trace(int index, int seconds) {
    LoadPattern pattern =
        switch (index % 3) {
          case 0 -> LoadPatterns.diurnal(20, 120, seconds * 0.6, seconds);
          case 1 -> LoadPatterns.flashCrowd(30, 150, seconds * 0.4, 120, 600);
          default -> LoadPatterns.random(30, 110, 420, index);
        };
    String[] names = {"diurnal", "flash", "random"};
    double[] counts = new double[seconds];
    for (int s = 0; s < seconds; s++) {
      counts[s] = pattern.at(s);
    }
    return new ArrivalTrace(names[index % 3] + "-" + index, 1, counts);
  }

  private static Function<WorkloadSpec, Autoscaler> maker(Player player, TournamentCase each) {
    if (player.role() == Role.ORACLE) {
      return workload -> new Foresight(each);
    }
    return workload -> AutoscalerChoice.parse(player.text()).create(workload);
  }

  private static SweepPoint swept(TournamentCase each, String kind, String settings) {
    RealRuns once = new RealRuns();
    once.play(new Player(kind + ":" + settings, Role.BASELINE), each, 1);
    RunResult run = once.runs.get(0);
    return new SweepPoint(each.name(), kind, settings, run.gpuShare(), run.violatingShare());
  }

  private void play(Player player, TournamentCase each, long seed) {
    Scenario scenario = each.episode().scenario();
    Autoscaler autoscaler = maker(player, each).apply(each.episode().workload());
    int tick = (int) Math.round(autoscaler.tickSeconds());
    FluidEngine engine = new FluidEngine();
    TelemetryBuffer telemetry = new TelemetryBuffer(scenario.maxReplicas());
    engine.reset(scenario, seed);
    Truth truth = engine.truth();
    Recording recording = new Recording(scenario.seconds() / STEP);
    truth.startWindow();
    int nextTick = 0;
    while (engine.timeSeconds() < scenario.seconds()) {
      if (engine.timeSeconds() == nextTick) {
        engine.readTelemetry(telemetry);
        engine.setDesiredReplicas(each.episode().workload().clamp(autoscaler.decide(telemetry)));
        nextTick += tick;
      }
      int nextStep = STEP * (recording.steps + 1);
      engine.advance(Math.min(nextTick, nextStep) - engine.timeSeconds());
      if (engine.timeSeconds() == nextStep) {
        engine.readTelemetry(telemetry);
        recording.step(telemetry, truth);
        truth.startWindow();
      }
    }
    runs.add(result(player, each, seed, truth, recording));
    if (seed == 1) {
      replays.add(recording.replay(each.name(), seed, player.text()));
    }
  }

  private static RunResult result(
      Player player, TournamentCase each, long seed, Truth truth, Recording recording) {
    double share = truth.gpuSeconds() / truth.neededGpuSeconds();
    double violating = truth.violating() / truth.departed();
    return new RunResult(
        each.name(),
        seed,
        player.text(),
        share + PRICE * violating,
        share,
        violating,
        truth.requests(),
        truth.departed() - truth.served(),
        truth.latencyQuantile(0.5),
        truth.latencyQuantile(0.95),
        truth.latencyQuantile(0.99),
        truth.gpuSeconds() / 3600,
        truth.neededGpuSeconds() / 3600,
        truth.cost(),
        truth.joules() / 3.6e6,
        truth.scalingActions(),
        truth.flaps(),
        recording.spikes,
        recording.spikes == 0 ? Double.NaN : (double) recording.late * STEP / recording.spikes);
  }

  /** What a replay plots. */
  private static final class Recording {
    private final float[] arrivals;
    private final short[] desired;
    private final short[] ready;
    private final float[] p95;
    private int steps;
    private double requests;
    private int spikes;
    private int late;

    Recording(int length) {
      arrivals = new float[length];
      desired = new short[length];
      ready = new short[length];
      p95 = new float[length];
    }

    void step(TelemetryBuffer telemetry, Truth truth) {
      arrivals[steps] = (float) ((truth.requests() - requests) / STEP);
      requests = truth.requests();
      desired[steps] = (short) telemetry.desiredReplicas;
      ready[steps] = (short) telemetry.readyReplicas;
      p95[steps] = (float) truth.windowLatencyQuantile(0.95);
      boolean over = p95[steps] > SLO;
      late += over ? 1 : 0;
      spikes += over && (steps == 0 || p95[steps - 1] <= SLO) ? 1 : 0;
      steps++;
    }

    Replay replay(String trace, long seed, String name) {
      return new Replay(trace, seed, name, STEP, arrivals, desired, ready, p95);
    }
  }

  /** Holds what the busiest moment of the next two minutes needs; no bound, but it looks ahead. */
  private static final class Foresight implements Autoscaler {
    private final float[] rates;

    Foresight(TournamentCase each) {
      rates = ((OpenTraffic) each.episode().scenario().traffic()).rates();
    }

    @Override
    public String name() {
      return "oracle";
    }

    @Override
    public double tickSeconds() {
      return STEP;
    }

    @Override
    public int decide(Telemetry telemetry) {
      int now = (int) telemetry.timeSeconds();
      float most = 0;
      for (int s = now; s < Math.min(rates.length, now + 120); s++) {
        most = Math.max(most, rates[s]);
      }
      return (int) Math.ceil(most / SERVICE.podCapacity() * 1.08);
    }
  }
}
