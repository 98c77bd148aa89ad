package io.kiss.cluster.reproduce;

import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.KiScaler;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.gpu.DeviceKind;
import io.kiss.kisim.paper.PaperPlayer;
import io.kiss.kisim.paper.PaperSetup;
import io.kiss.kisim.paper.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everybody who plays the four patterns beside the trained agents.
 *
 * @param key short name
 * @param about in words
 * @param players one an agent; baselines are one
 */
record Entrants(String key, String about, List<PaperPlayer> players) {
  /** The baseline that the paper's p95 claim is against. */
  static final String CPU_ONLY = "cpu-fixed-3";

  static final String KISCALER = "kiscaler";
  static final String PAPER = "paper";
  static final String LONG = "paper-long";
  static final String RANDOM = "random";

  private static final String HPA = "hpa";

  static List<Entrants> of(
      PaperSetup setup,
      List<PaperAgent> paper,
      List<PaperAgent> longer,
      Optional<PolicySnapshot> policy) {
    List<Entrants> all = new ArrayList<>();
    all.add(agents(PAPER, "the paper's agent after its training", paper));
    if (!longer.isEmpty()) {
      all.add(agents(LONG, "the same agent after the longer training", longer));
    }
    all.add(one(RANDOM, "choices drawn at random", PaperPlayer.random()));
    all.add(
        one(
            "hold-3+3",
            "3 GPU and 3 CPU replicas, requests halved",
            PaperPlayer.always(2, 2, Placement.BALANCED)));
    all.add(fixed(DeviceKind.GPU, 1));
    all.add(fixed(DeviceKind.GPU, 3));
    all.add(hpa(setup, DeviceKind.GPU));
    policy.ifPresent(
        snapshot ->
            all.add(
                one(
                    KISCALER,
                    "KIScaler on the GPU Deployment alone",
                    kiscaler(setup.workload(DeviceKind.GPU), snapshot))));
    all.add(fixed(DeviceKind.CPU, 1));
    all.add(fixed(DeviceKind.CPU, 3));
    all.add(hpa(setup, DeviceKind.CPU));
    return all;
  }

  private static Entrants agents(String key, String about, List<PaperAgent> agents) {
    return new Entrants(
        key, about, agents.stream().map(agent -> PaperPlayer.policy(agent.policy())).toList());
  }

  private static Entrants one(String key, String about, PaperPlayer player) {
    return new Entrants(key, about, List.of(player));
  }

  private static Entrants fixed(DeviceKind kind, int replicas) {
    String name = kind.name().toLowerCase(java.util.Locale.ROOT);
    return one(
        name + "-fixed-" + replicas,
        replicas + " " + kind + (replicas == 1 ? " replica" : " replicas") + ", nothing else",
        PaperPlayer.fixed(kind, replicas));
  }

  private static Entrants hpa(PaperSetup setup, DeviceKind kind) {
    String name = kind.name().toLowerCase(java.util.Locale.ROOT);
    WorkloadSpec workload = setup.workload(kind);
    return one(
        name + "-hpa",
        "HPA v2 at its defaults on " + kind + " replicas, nothing else",
        PaperPlayer.autoscaled(
            kind,
            PaperSetup.INITIAL_REPLICAS,
            seed -> AutoscalerChoice.parse(HPA).create(workload)));
  }

  private static PaperPlayer kiscaler(WorkloadSpec workload, PolicySnapshot policy) {
    return PaperPlayer.autoscaled(
        DeviceKind.GPU,
        PaperSetup.INITIAL_REPLICAS,
        seed -> new KiScaler(workload, GuardSettings.DEFAULT, Optional.of(policy)));
  }
}
