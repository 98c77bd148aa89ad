package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.cluster.kubernetes.KubernetesAccess;
import io.kiss.cluster.prometheus.PrometheusEndpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Flags that say which cluster is meant, and how a namespace of it is attached. */
final class AttachOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "Kubeconfig of the cluster; without it, the pod's own service account.")
  private Path kubeconfig;

  @Option(
      names = "--context",
      paramLabel = "NAME",
      description = "Context of the kubeconfig (default: its current one).")
  private String context;

  @Option(
      names = "--prometheus",
      paramLabel = "URL",
      description = "The cluster's Prometheus; needed where the cluster is not defined yet.")
  private String prometheus;

  @Option(
      names = "--prometheus-token-file",
      paramLabel = "FILE",
      description = "File with a bearer token for it.")
  private Path prometheusTokenFile;

  @Option(
      names = "--source",
      paramLabel = "NAME",
      description =
          "What serves there: templates of conf/metrics, such as vllm, triton or triton+istio"
              + " (default: kiss.prometheus.source).")
  private String source;

  @Option(
      names = "--selector",
      paramLabel = "LABELS",
      description = "Only what carries these labels, such as app=llm,tier!=test (default: all).")
  private String selector;

  @Option(
      names = "--slo-ms",
      paramLabel = "N",
      description = "Latency a request should not exceed; annotation kiss.io/slo-ms of one.")
  private Double sloMs;

  @Option(
      names = "--min-replicas",
      paramLabel = "N",
      description = "Fewest replicas, 1 or more (default: 1).")
  private Integer minReplicas;

  @Option(
      names = "--max-replicas",
      paramLabel = "N",
      description = "Most replicas; annotation kiss.io/max-replicas of one.")
  private Integer maxReplicas;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description =
          "What one replica can serve: a service of conf/profiles (default: estimated while it"
              + " serves).")
  private String profile;

  @Option(
      names = "--violation-price",
      paramLabel = "X",
      description =
          "Cost of violating the SLO against that of GPUs; higher holds more (default: 10).")
  private Double violationPrice;

  @Option(
      names = "--priority",
      paramLabel = "N",
      description =
          "Who is served first where the GPU budget does not suffice: the higher, -1000 to 1000"
              + " (default: 0); annotation kiss.io/priority of one.")
  private Integer priority;

  @Option(
      names = "--gpu-budget",
      paramLabel = "N",
      description = "GPUs that all of the namespace together may ask for (default: no limit).")
  private Integer gpuBudget;

  @Option(
      names = "--tick-seconds",
      paramLabel = "S",
      description = "Time between two decisions (default: 15).")
  private Double tickSeconds;

  @Option(
      names = "--act",
      negatable = true,
      description =
          "Carry decisions out. A new attachment only shows what it would do; one that is there"
              + " stays as it is.")
  private Boolean act;

  @Option(
      names = "--unset",
      paramLabel = "FLAG",
      split = ",",
      description =
          "Take back what such a flag said before, as slo-ms,gpu-budget: its default holds again.")
  private List<String> unset = new ArrayList<>();

  /** Whether any of these flags was given. */
  boolean given() {
    return prometheus != null
        || kubeconfig != null
        || context != null
        || prometheusTokenFile != null
        || !attachment().isEmpty();
  }

  /**
   * Refuses what this machine cannot use, before anything is started: for commands that are the
   * node which is to use it.
   */
  void requireUsableHere() {
    definesCluster();
    attachment();
    if (kubeconfig != null) {
      require(
          "--kubeconfig",
          () ->
              KubernetesAccess.kubeconfig(kubeconfig, Optional.ofNullable(context))
                  .requireUsable());
    }
    if (prometheus != null) {
      require("--prometheus", () -> PrometheusEndpoint.of(prometheus));
    }
    if (prometheusTokenFile != null && !Files.isReadable(prometheusTokenFile)) {
      throw new ParameterException(
          spec.commandLine(), "--prometheus-token-file: cannot read " + prometheusTokenFile);
    }
  }

  private void require(String flag, Runnable check) {
    try {
      check.run();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), flag + ": " + e.getMessage(), e);
    }
  }

  /** Whether the cluster is described, so that it is to be defined first. */
  boolean definesCluster() {
    if (prometheus == null && (kubeconfig != null || context != null)) {
      throw new ParameterException(
          spec.commandLine(), "--kubeconfig wants --prometheus URL beside it");
    }
    return prometheus != null;
  }

  /**
   * The cluster, as PUT /clusters/{c} takes it. What no flag says stays, but for the context of
   * another kubeconfig and the login to another Prometheus.
   *
   * @param known its definition so far; no object where there is none
   */
  ObjectNode cluster(JsonNode known) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    if (known instanceof ObjectNode definition) {
      body.setAll(said(definition));
      body.remove("name");
      if (kubeconfig != null) {
        body.remove("context");
      }
    }
    if (kubeconfig != null) {
      body.put("kubeconfig", kubeconfig.toAbsolutePath().normalize().toString());
    }
    if (context != null) {
      body.put("context", context);
    }
    boolean same = known.at("/prometheus/url").asText().equals(prometheus);
    ObjectNode where =
        same ? body.withObject("/prometheus") : body.putObject("prometheus").put("url", prometheus);
    if (prometheusTokenFile != null) {
      where.put("tokenFile", prometheusTokenFile.toAbsolutePath().normalize().toString());
    }
    return body;
  }

  /** Without what is null, and is left out where nothing is said. */
  private static ObjectNode said(ObjectNode shown) {
    ObjectNode said = JsonNodeFactory.instance.objectNode();
    shown
        .fields()
        .forEachRemaining(
            each -> {
              if (each.getValue() instanceof ObjectNode inner) {
                said.set(each.getKey(), said(inner));
              } else if (!each.getValue().isNull()) {
                said.set(each.getKey(), each.getValue());
              }
            });
    return said;
  }

  /** The attachment, as PUT and PATCH /clusters/{c}/namespaces/{ns} take it. */
  ObjectNode attachment() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    put(body, "source", source);
    put(body, "selector", selector);
    put(body, "profile", profile);
    if (sloMs != null) {
      body.put("sloMs", sloMs);
    }
    if (minReplicas != null) {
      body.put("minReplicas", minReplicas);
    }
    if (maxReplicas != null) {
      body.put("maxReplicas", maxReplicas);
    }
    if (violationPrice != null) {
      body.put("violationPrice", violationPrice);
    }
    if (priority != null) {
      body.put("priority", priority);
    }
    if (gpuBudget != null) {
      body.put("gpuBudget", gpuBudget);
    }
    if (tickSeconds != null) {
      body.put("tickSeconds", tickSeconds);
    }
    if (act != null) {
      body.put("mode", act ? "ACTIVE" : "SHADOW");
    }
    for (String flag : unset) {
      String field = AttachmentFlags.FIELDS.get(flag.strip().replaceFirst("^--", ""));
      if (field == null) {
        throw new ParameterException(
            spec.commandLine(),
            "--unset: there is no '%s'; there are %s"
                .formatted(flag, String.join(", ", AttachmentFlags.FIELDS.keySet())));
      }
      if (body.has(field)) {
        throw new ParameterException(
            spec.commandLine(), "--unset %s: the same flag is set beside it".formatted(flag));
      }
      body.putNull(field);
    }
    return body;
  }

  private static void put(ObjectNode body, String key, String value) {
    if (value != null) {
      body.put(key, value);
    }
  }
}
