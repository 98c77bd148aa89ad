package io.kiss.kisim.autoscale.opponents;

import static io.kiss.kisim.autoscale.opponents.Parameter.choice;
import static io.kiss.kisim.autoscale.opponents.Parameter.choices;
import static io.kiss.kisim.autoscale.opponents.Parameter.flag;
import static io.kiss.kisim.autoscale.opponents.Parameter.number;
import static io.kiss.kisim.autoscale.opponents.Parameter.numbers;
import static io.kiss.kisim.autoscale.opponents.Parameter.whole;

import io.kiss.kisim.autoscale.opponents.ScalingRules.Policy;
import io.kiss.kisim.autoscale.opponents.ScalingRules.Select;
import java.util.ArrayList;
import java.util.List;

/** Kubernetes' HPA and those that act through one, for the registry. */
final class HpaKinds {
  /** What pods report; latency is one figure for the service. */
  static final Signal[] POD_SIGNALS = {
    Signal.LOAD, Signal.RPS, Signal.CONCURRENCY, Signal.QUEUE, Signal.GPU, Signal.KV
  };

  private enum Kind {
    AUTO,
    PODS,
    RESOURCE,
    EXTERNAL,
    VALUE
  }

  private HpaKinds() {}

  static AutoscalerKind hpa() {
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(
        choices("metric", Signal.LOAD, "what it follows; the largest wish wins", Signal.values()));
    parameters.add(numbers("target", 0.7, "of each metric, or one for all"));
    parameters.add(
        choice("kind", Kind.AUTO, "metric source; auto: as people configure it", Kind.values()));
    parameters.add(number("readiness", 30, "seconds a pod is set aside for kind resource"));
    parameters.addAll(behaviour(ScalingRules.UP, ScalingRules.DOWN));
    return new AutoscalerKind(
        "hpa",
        "Kubernetes' Horizontal Pod Autoscaler v2",
        parameters,
        values -> {
          HpaParameters made =
              hpa(values, metrics(values), values.number("readiness"), values.whole("sync"));
          return workload -> new HpaV2(workload, made);
        });
  }

  static AutoscalerKind keda() {
    KedaParameters usual = KedaParameters.DEFAULT;
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(choice("metric", usual.signal(), "what the query answers", POD_SIGNALS));
    parameters.add(number("threshold", usual.threshold(), "of it per replica"));
    parameters.add(number("activation", usual.activation(), "active above this"));
    parameters.add(flag("ignore-null", usual.ignoreNull(), "whether a lost series reads as 0"));
    parameters.add(whole("failures", usual.failures(), "errors in a row before the fallback"));
    parameters.add(whole("fallback", usual.fallbackReplicas(), "replicas then; 0: hold"));
    parameters.add(flag("to-zero", usual.toZero(), "whether it goes to zero when inactive"));
    parameters.add(number("polling", usual.pollingSeconds(), "seconds between activation polls"));
    parameters.add(number("cooldown", usual.cooldownSeconds(), "seconds before it goes to zero"));
    parameters.add(whole("max", usual.maxReplicas(), "most replicas"));
    parameters.addAll(behaviour(ScalingRules.UP, ScalingRules.DOWN));
    return new AutoscalerKind(
        "keda",
        "KEDA with a Prometheus trigger, on an HPA",
        parameters,
        values -> {
          KedaParameters made =
              new KedaParameters(
                  values.choice("metric", Signal.class),
                  values.number("threshold"),
                  values.number("activation"),
                  values.flag("ignore-null"),
                  values.whole("failures"),
                  values.whole("fallback"),
                  values.flag("to-zero"),
                  values.number("polling"),
                  values.number("cooldown"),
                  values.whole("max"),
                  hpa(values, HpaParameters.DEFAULT.metrics(), 0, values.whole("sync")));
          return workload -> new Keda(workload, made);
        });
  }

  static AutoscalerKind wva() {
    WvaParameters usual = WvaParameters.DEFAULT;
    List<Parameter> parameters = new ArrayList<>();
    parameters.add(number("kv", usual.kvThreshold(), "KV share that saturates a replica"));
    parameters.add(number("queue", usual.queueThreshold(), "queue that saturates a replica"));
    parameters.add(number("kv-spare", usual.kvSpare(), "mean spare KV share to keep"));
    parameters.add(number("queue-spare", usual.queueSpare(), "mean spare queue to keep"));
    parameters.add(number("interval", usual.intervalSeconds(), "seconds between analyses"));
    parameters.add(number("peak", usual.peakSeconds(), "seconds of the highest figures"));
    parameters.addAll(behaviour(usual.hpa().up(), usual.hpa().down()));
    return new AutoscalerKind(
        "wva",
        "llm-d's workload variant autoscaler, through an HPA",
        parameters,
        values -> {
          WvaParameters made =
              new WvaParameters(
                  values.number("kv"),
                  values.number("queue"),
                  values.number("kv-spare"),
                  values.number("queue-spare"),
                  values.number("interval"),
                  values.number("peak"),
                  hpa(values, HpaParameters.DEFAULT.metrics(), 0, values.whole("sync")));
          return workload -> new LlmdWva(workload, made);
        });
  }

  private static List<HpaMetric> metrics(ParameterValues values) {
    List<Signal> signals = values.choices("metric", Signal.class);
    double[] targets = values.numbers("target");
    if (targets.length != 1 && targets.length != signals.size()) {
      throw new IllegalArgumentException(
          "target must be one for all metrics or one for each: "
              + targets.length
              + " for "
              + signals.size());
    }
    Kind kind = values.choice("kind", Kind.class);
    List<HpaMetric> metrics = new ArrayList<>();
    for (int i = 0; i < signals.size(); i++) {
      double target = targets[targets.length == 1 ? 0 : i];
      metrics.add(
          kind == Kind.AUTO
              ? HpaMetric.of(signals.get(i), target)
              : new HpaMetric(signals.get(i), target, HpaMetric.Kind.valueOf(kind.name())));
    }
    return metrics;
  }

  /** The parameters of an HPA's behaviour; a policy of 0 is none. */
  private static List<Parameter> behaviour(ScalingRules up, ScalingRules down) {
    return List.of(
        number("tolerance", 0.1, "relative deviation from the target that is ignored"),
        whole("sync", 15, "seconds between decisions"),
        number("up-stabilisation", up.stabilisationSeconds(), "seconds of the lowest wish, up"),
        number("stabilisation", down.stabilisationSeconds(), "seconds of the highest wish, down"),
        number("up-percent", value(up, true), "percent more replicas a period; 0: no such policy"),
        whole("up-pods", (int) value(up, false), "more replicas a period; 0: no such policy"),
        number("up-period", up.longestPeriod(), "seconds of a period, up"),
        choice("up-select", up.select(), "which policy counts, up", Select.values()),
        number("down-percent", value(down, true), "percent fewer replicas a period; 0: none"),
        whole("down-pods", (int) value(down, false), "fewer replicas a period; 0: none"),
        number("down-period", down.longestPeriod(), "seconds of a period, down"),
        choice("down-select", down.select(), "which policy counts, down", Select.values()));
  }

  private static double value(ScalingRules rules, boolean percent) {
    return rules.policies().stream()
        .filter(policy -> policy.percent() == percent)
        .mapToDouble(Policy::value)
        .findFirst()
        .orElse(0);
  }

  private static HpaParameters hpa(
      ParameterValues values, List<HpaMetric> metrics, double readiness, double sync) {
    return new HpaParameters(
        metrics,
        values.number("tolerance"),
        sync,
        readiness,
        rules(values, "up-stabilisation", "up"),
        rules(values, "stabilisation", "down"));
  }

  private static ScalingRules rules(ParameterValues values, String window, String way) {
    double period = values.number(way + "-period");
    List<Policy> policies = new ArrayList<>();
    int pods = values.whole(way + "-pods");
    double percent = values.number(way + "-percent");
    if (pods != 0) {
      policies.add(Policy.pods(pods, period));
    }
    if (percent != 0) {
      policies.add(Policy.percent(percent, period));
    }
    if (policies.isEmpty()) {
      throw new IllegalArgumentException(
          way
              + "-pods and "
              + way
              + "-percent are both 0; to forbid that way, use "
              + way
              + "-select=disabled");
    }
    return new ScalingRules(
        values.number(window), values.choice(way + "-select", Select.class), policies);
  }
}
