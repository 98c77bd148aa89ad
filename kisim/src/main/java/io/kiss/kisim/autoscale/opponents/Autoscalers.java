package io.kiss.kisim.autoscale.opponents;

import static io.kiss.kisim.autoscale.opponents.Parameter.choice;
import static io.kiss.kisim.autoscale.opponents.Parameter.flag;
import static io.kiss.kisim.autoscale.opponents.Parameter.number;
import static io.kiss.kisim.autoscale.opponents.Parameter.whole;

import io.kiss.kisim.autoscale.opponents.ApaParameters.Pick;
import io.kiss.kisim.text.Columns;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The registry: every autoscaler that can be asked for by name, with its parameters. */
public final class Autoscalers {
  private static final List<AutoscalerKind> KINDS =
      List.of(
          fixed(),
          HpaKinds.hpa(),
          HpaKinds.keda(),
          kpa(),
          apa(),
          HpaKinds.wva(),
          dynamo(),
          ray(),
          queueing(),
          forecast());

  private Autoscalers() {}

  /** All of them, in the order to show. */
  public static List<AutoscalerKind> all() {
    return KINDS;
  }

  /**
   * The one called {@code name}.
   *
   * @throws IllegalArgumentException with a sentence that lists what is known
   */
  public static AutoscalerKind named(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("the autoscaler has no name; known are " + names());
    }
    return KINDS.stream()
        .filter(kind -> kind.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "autoscaler " + name + " is unknown; known are " + names()));
  }

  private static String names() {
    return KINDS.stream().map(AutoscalerKind::name).collect(Collectors.joining(", "));
  }

  /** All of them with their parameters and usual values, for people, in 80 columns. */
  public static String describe() {
    StringBuilder text = new StringBuilder();
    for (AutoscalerKind kind : KINDS) {
      line(text, String.format(Locale.ROOT, "%-10s %s", kind.name(), kind.help()), 11);
      for (Parameter each : kind.parameters()) {
        String setting = each.name() + "=" + each.usual();
        String choices = each.choices().isEmpty() ? "" : " (" + each.allowed() + ")";
        line(text, String.format(Locale.ROOT, "  %-26s %s", setting, each.help() + choices), 29);
      }
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String line, int indent) {
    text.append(Columns.wrap(line, indent).replace("\n", System.lineSeparator()));
    text.append(System.lineSeparator());
  }

  private static AutoscalerKind fixed() {
    return new AutoscalerKind(
        "static",
        "a fixed number of replicas",
        List.of(whole("replicas", 0, "replicas to hold; 0: those it starts with")),
        values -> {
          int replicas = values.whole("replicas");
          if (replicas < 0) {
            throw new IllegalArgumentException("replicas must not be negative: " + replicas);
          }
          return workload -> new StaticReplicas(workload, replicas);
        });
  }

  private static AutoscalerKind kpa() {
    KpaParameters usual = KpaParameters.DEFAULT;
    return new AutoscalerKind(
        "kpa",
        "Knative's Pod Autoscaler: a stable window and a panic window",
        List.of(
            choice("metric", usual.signal(), "what it follows", Signal.CONCURRENCY, Signal.RPS),
            number("target", 0, "of it per pod; 0: 100 for concurrency, 200 for rps"),
            choice("unit", TargetUnit.REQUESTS, TargetUnit.HELP, TargetUnit.values()),
            number("utilisation", 0.7, "share of the target to aim at"),
            whole("tick", (int) usual.tickSeconds(), "seconds between decisions"),
            number("stable", usual.stableSeconds(), "seconds of the stable window"),
            number("panic", usual.panicSeconds(), "seconds of the panic window"),
            number("panic-threshold", usual.panicThreshold(), "pods wanted over pods ready"),
            number("max-up", usual.maxUpRate(), "largest factor up"),
            number("max-down", usual.maxDownRate(), "largest divisor down"),
            number("down-delay", usual.downDelaySeconds(), "seconds a scale-down waits")),
        values -> {
          Signal signal = values.choice("metric", Signal.class);
          double target = values.number("target");
          double published = signal == Signal.RPS ? 200 : 100;
          KpaParameters parameters =
              new KpaParameters(
                  signal,
                  (target == 0 ? published : target) * values.number("utilisation"),
                  values.whole("tick"),
                  values.number("stable"),
                  values.number("panic"),
                  values.number("panic-threshold"),
                  values.number("max-up"),
                  values.number("max-down"),
                  values.number("down-delay"));
          TargetUnit unit = values.choice("unit", TargetUnit.class);
          return workload -> new KnativeKpa(workload, parameters.times(unit.of(signal, workload)));
        });
  }

  private static AutoscalerKind apa() {
    ApaParameters usual = ApaParameters.DEFAULT;
    return new AutoscalerKind(
        "apa",
        "AIBrix' application-specific Pod Autoscaler",
        List.of(
            choice("metric", usual.signal(), "pod metric it follows", HpaKinds.POD_SIGNALS),
            number("target", usual.target(), "of it per pod"),
            number("up-tolerance", usual.upTolerance(), "share over the target that is ignored"),
            number("down-tolerance", usual.downTolerance(), "share under it that is ignored"),
            number("max-up", usual.maxUpRate(), "largest factor up"),
            number("max-down", usual.maxDownRate(), "largest divisor down"),
            whole("resync", (int) usual.resyncSeconds(), "seconds between decisions"),
            number("window", usual.windowSeconds(), "seconds of the metric's mean"),
            number("up-cooldown", usual.upCooldownSeconds(), "seconds of recommendations, up"),
            number(
                "down-cooldown", usual.downCooldownSeconds(), "seconds of recommendations, down"),
            choice("down-pick", usual.downPick(), "which of those it takes", Pick.values())),
        values -> {
          ApaParameters parameters =
              new ApaParameters(
                  values.choice("metric", Signal.class),
                  values.number("target"),
                  values.number("up-tolerance"),
                  values.number("down-tolerance"),
                  values.number("max-up"),
                  values.number("max-down"),
                  values.whole("resync"),
                  values.number("window"),
                  values.number("up-cooldown"),
                  values.number("down-cooldown"),
                  values.choice("down-pick", Pick.class));
          return workload -> new AibrixApa(workload, parameters);
        });
  }

  private static AutoscalerKind dynamo() {
    DynamoParameters usual = DynamoParameters.DEFAULT;
    return new AutoscalerKind(
        "dynamo",
        "NVIDIA Dynamo's planner: a latency regression and a throughput forecast",
        List.of(
            flag("load", usual.load(), "whether the load loop runs"),
            flag("throughput", usual.throughput(), "whether the throughput loop runs"),
            whole("load-interval", (int) usual.loadSeconds(), "seconds between load decisions"),
            number("throughput-interval", usual.throughputSeconds(), "seconds between forecasts"),
            number("sensitivity", usual.sensitivity(), "share of the SLO to be below to shrink"),
            whole("observations", usual.mostObservations(), "kept for the regression")),
        values -> {
          DynamoParameters parameters =
              new DynamoParameters(
                  values.flag("load"),
                  values.flag("throughput"),
                  values.whole("load-interval"),
                  values.number("throughput-interval"),
                  values.number("sensitivity"),
                  usual.leastObservations(),
                  values.whole("observations"),
                  usual.buckets());
          return workload -> new DynamoPlanner(workload, parameters);
        });
  }

  private static AutoscalerKind ray() {
    RayParameters usual = RayParameters.DEFAULT;
    return new AutoscalerKind(
        "ray",
        "Ray Serve: ongoing requests per replica, with a delay either way",
        List.of(
            number("target", usual.target(), "ongoing requests a replica should have"),
            choice("unit", TargetUnit.REQUESTS, TargetUnit.HELP, TargetUnit.values()),
            number("up-delay", usual.upDelaySeconds(), "seconds more must have been wanted"),
            number("down-delay", usual.downDelaySeconds(), "seconds fewer must have been wanted"),
            number("look-back", usual.lookBackSeconds(), "seconds of the mean"),
            number("up-factor", usual.upFactor(), "share of the way up gone at once"),
            number("down-factor", usual.downFactor(), "share of the way down"),
            whole("tick", (int) usual.tickSeconds(), "seconds between decisions")),
        values -> {
          RayParameters parameters =
              new RayParameters(
                  values.number("target"),
                  values.number("up-delay"),
                  values.number("down-delay"),
                  values.number("look-back"),
                  values.number("up-factor"),
                  values.number("down-factor"),
                  values.whole("tick"));
          TargetUnit unit = values.choice("unit", TargetUnit.class);
          return workload ->
              new RayServe(workload, parameters.times(unit.of(Signal.CONCURRENCY, workload)));
        });
  }

  private static AutoscalerKind queueing() {
    return new AutoscalerKind(
        "queueing",
        "fewest replicas whose p95 meets the SLO by queueing theory, and which clear the queue",
        queueingParameters(),
        values -> {
          QueueingParameters parameters = queueing(values);
          return workload -> new Queueing(workload, parameters);
        });
  }

  private static AutoscalerKind forecast() {
    ForecastParameters usual = ForecastParameters.DEFAULT;
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(number("level", usual.levelShare(), "weight of a new rate, 0..1"));
    parameters.add(number("trend", usual.trendShare(), "weight of a new change, 0..1"));
    parameters.add(number("damping", usual.damping(), "of the trend at each step, 0..1"));
    parameters.add(number("season", usual.seasonSeconds(), "seconds of a season; 0: none"));
    parameters.add(number("season-share", usual.seasonShare(), "weight of a new deviation, 0..1"));
    parameters.add(whole("step", (int) usual.stepSeconds(), "seconds between decisions"));
    parameters.addAll(queueingParameters());
    return new AutoscalerKind(
        "forecast",
        "queueing on a Holt-Winters forecast of the start-up time",
        parameters,
        values -> {
          ForecastParameters made =
              new ForecastParameters(
                  values.number("level"),
                  values.number("trend"),
                  values.number("season-share"),
                  values.number("damping"),
                  values.number("season"),
                  values.whole("step"),
                  queueing(values));
          return workload -> new Forecast(workload, made);
        });
  }

  private static List<Parameter> queueingParameters() {
    QueueingParameters usual = QueueingParameters.DEFAULT;
    return List.of(
        number("arrival-cv", usual.arrivalCv(), "variation of the times between arrivals"),
        number("service-cv", usual.serviceCv(), "variation of the service time"),
        number("drain", usual.drainSeconds(), "seconds to work off a queue"),
        number("stabilisation", usual.stabilisationSeconds(), "seconds of the highest wish"),
        flag("correct", usual.correct(), "whether it learns what the formula misses"));
  }

  private static QueueingParameters queueing(ParameterValues values) {
    return new QueueingParameters(
        values.number("arrival-cv"),
        values.number("service-cv"),
        values.number("drain"),
        values.number("stabilisation"),
        values.flag("correct"));
  }
}
