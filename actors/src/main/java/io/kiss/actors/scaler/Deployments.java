package io.kiss.actors.scaler;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.live.DecisionRecord.Outcome;
import io.kiss.actors.live.Workload;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ControllerProtocol.Running;
import io.kiss.actors.protocol.NamespaceProtocol.DeploymentStatus;
import io.kiss.actors.scaler.ScalerActor.LoadedPolicy;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.autoscale.budget.Allocation.Share;
import io.kiss.kisim.autoscale.shadow.ShadowReport;
import io.kiss.kisim.estimate.ServiceEstimator;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** The Deployments of a namespace, with a scaler for each one that may be scaled. */
final class Deployments {
  private static final int UNKNOWN = -1;

  /** Numbers scalers, since the one of the same name before may not have stopped entirely. */
  private static final AtomicLong SPAWNED = new AtomicLong();

  private final Site site;
  private final Map<String, Deployment> byName = new TreeMap<>();
  private ShadowSet shadows = ShadowSet.NONE;

  private static final class Deployment {
    private Workload workload;
    private ActorRef<ScalerActor.Command> scaler;
    private int ready = UNKNOWN;
    private final ServiceEstimator seen = new ServiceEstimator();
    private Optional<Terms> terms = Optional.empty();
    private boolean recalled;
    private Optional<WorkloadSpec> remembered = Optional.empty();
    private Optional<String> noMetrics = Optional.empty();
    private Optional<String> policy = Optional.empty();
    private long term;
    private long decisions;
    private Optional<String> lastReason = Optional.empty();
    private Optional<ShadowReport> shadows = Optional.empty();

    /** Why it is not scaled; what the cluster says counts before the first tick as well. */
    private Optional<String> refusal() {
      return terms.flatMap(Terms::refusal).or(workload::refusal).or(() -> noMetrics);
    }

    private Optional<WorkloadSpec> spec() {
      return terms.flatMap(Terms::spec);
    }
  }

  Deployments(Site site) {
    this.site = site;
  }

  /** Takes in what the cluster shows: scalers come and go with their Deployments. */
  void follow(List<Workload> workloads, Attachment attachment, LoadedPolicy policy) {
    Set<String> names = workloads.stream().map(Workload::name).collect(Collectors.toSet());
    byName
        .values()
        .removeIf(
            deployment -> {
              boolean gone = !names.contains(deployment.workload.name());
              if (gone) {
                stop(deployment);
              }
              return gone;
            });
    for (Workload workload : workloads) {
      Deployment deployment = byName.computeIfAbsent(workload.name(), name -> new Deployment());
      deployment.workload = workload;
      settle(deployment, attachment, policy);
    }
  }

  /** Settles what decisions go by now: a scaler comes and goes with that. */
  private void settle(Deployment deployment, Attachment attachment, LoadedPolicy policy) {
    Knowledge known = new Knowledge(deployment.seen, deployment.spec(), deployment.remembered);
    deployment.terms = Optional.of(Terms.of(attachment, deployment.workload, known));
    if (deployment.spec().isEmpty()) {
      stop(deployment);
    } else if (deployment.scaler == null) {
      deployment.scaler = spawn(deployment.workload.name());
      use(deployment, policy);
      site.metrics().scalers(1);
    }
  }

  /** Deployments whose past nobody has asked the journal for; from now on, somebody has. */
  Set<String> takeUnrecalled() {
    Set<String> names = new TreeSet<>();
    byName.forEach(
        (name, deployment) -> {
          if (!deployment.recalled) {
            deployment.recalled = true;
            names.add(name);
          }
        });
    return names;
  }

  /** Takes in what the journal says of their past; where it says nothing it is asked again. */
  void recall(Recall.Answered answer) {
    if (answer.failure() != null) {
      byName.keySet().stream()
          .filter(answer.deployments()::contains)
          .forEach(name -> byName.get(name).recalled = false);
      return;
    }
    for (DecisionRecord newest : answer.newest()) {
      Deployment deployment = byName.get(newest.deployment());
      if (deployment != null) {
        deployment.remembered = newest.workload();
      }
    }
  }

  private ActorRef<ScalerActor.Command> spawn(String name) {
    String path = URLEncoder.encode(name, StandardCharsets.UTF_8) + "-" + SPAWNED.incrementAndGet();
    return site.context()
        .spawn(
            Behaviors.withMdc(
                ScalerActor.Command.class,
                LogFields.of(site.namespace(), name),
                ScalerActor.create(name, site.environment().scalers())),
            path);
  }

  private void stop(Deployment deployment) {
    if (deployment.scaler != null) {
      site.context().stop(deployment.scaler);
      deployment.scaler = null;
      stand(deployment, Optional.empty());
      site.metrics().scalers(-1);
    }
  }

  void stopAll() {
    byName.values().forEach(this::stop);
    byName.clear();
  }

  /** Asks the scalers of what was just read to decide; {@code run} awaits those that were asked. */
  void decide(
      TickRun run,
      Map<String, TelemetrySample> samples,
      Attachment attachment,
      LoadedPolicy policy) {
    for (Deployment deployment : byName.values()) {
      Workload workload = deployment.workload;
      TelemetrySample sample = samples.get(workload.name());
      deployment.ready = sample == null ? UNKNOWN : sample.readyReplicas();
      deployment.noMetrics =
          sample == null ? Optional.of("the metrics source does not know it") : Optional.empty();
      if (sample == null) {
        continue;
      }
      deployment.seen.observe(sample);
      settle(deployment, attachment, policy);
      if (deployment.scaler == null) {
        continue;
      }
      run.await(workload, deployment.terms.orElseThrow().mode());
      // What is decided upon is what the resource version stands for.
      deployment.scaler.tell(
          new ScalerActor.Tick(
              run.number,
              sample.withDesiredReplicas(workload.desiredReplicas()),
              deployment.spec().orElseThrow(),
              attachment.guards(),
              site.context().getSelf().narrow()));
    }
  }

  /** Tells all scalers to decide by this policy. */
  void use(LoadedPolicy policy) {
    byName.values().forEach(deployment -> use(deployment, policy));
  }

  /** Tells one scaler again: it has started anew and knows none. */
  void useAgain(String name, LoadedPolicy policy) {
    Deployment deployment = byName.get(name);
    if (deployment != null) {
      use(deployment, policy);
    }
  }

  private void use(Deployment deployment, LoadedPolicy policy) {
    if (deployment.scaler != null) {
      deployment.scaler.tell(new ScalerActor.UsePolicy(policy, site.context().getSelf().narrow()));
      deployment.scaler.tell(
          new ScalerActor.UseShadows(shadows, site.context().getSelf().narrow()));
    }
  }

  /** Tells all scalers who decides beside them from now on. */
  void shadow(ShadowSet set) {
    shadows = set;
    for (Deployment deployment : byName.values()) {
      stand(deployment, Optional.empty());
      if (deployment.scaler != null) {
        deployment.scaler.tell(
            new ScalerActor.UseShadows(shadows, site.context().getSelf().narrow()));
      }
    }
  }

  /** Takes in how a Deployment's shadows stand; those of another list say nothing. */
  void shadows(ScalerActor.ShadowsStand message) {
    Deployment deployment = byName.get(message.deployment());
    if (deployment != null && deployment.scaler != null && message.set() == shadows) {
      stand(deployment, Optional.of(message.report()));
    }
  }

  private void stand(Deployment deployment, Optional<ShadowReport> report) {
    deployment.shadows = report;
    site.metrics().shadows(site.namespace(), deployment.workload.name(), report);
  }

  void inUse(ScalerActor.PolicyInUse message) {
    Deployment deployment = byName.get(message.deployment());
    if (deployment != null) {
      deployment.term = message.term();
      deployment.policy = message.policy();
    }
  }

  /** All that the cluster shows, scaled or not. */
  List<Workload> workloads() {
    return byName.values().stream().map(deployment -> deployment.workload).toList();
  }

  /** Tells scalers how far a budget follows what they decided at that tick. */
  void limit(long tick, Map<String, Share> limits) {
    limits.forEach(
        (name, share) -> {
          Deployment deployment = byName.get(name);
          if (deployment != null && deployment.scaler != null) {
            deployment.scaler.tell(new ScalerActor.Limit(tick, share.target(), share.replicas()));
          }
        });
  }

  int scalers() {
    return (int) byName.values().stream().filter(d -> d.scaler != null).count();
  }

  /** The lowest term that any scaler runs; {@code otherwise} where there are none. */
  long lowestTerm(long otherwise) {
    return byName.values().stream()
        .filter(d -> d.scaler != null)
        .mapToLong(d -> d.term)
        .min()
        .orElse(otherwise);
  }

  /** How many scalers run each policy. */
  List<Running> running() {
    Map<String, Integer> counts = new TreeMap<>();
    for (Deployment deployment : byName.values()) {
      if (deployment.scaler != null) {
        counts.merge(deployment.policy.orElse(""), 1, Integer::sum);
      }
    }
    return counts.entrySet().stream().map(e -> new Running(e.getKey(), e.getValue())).toList();
  }

  /** Takes in what became of a decision. */
  void decided(DecisionRecord decision) {
    Deployment deployment = byName.get(decision.deployment());
    if (deployment == null) {
      return;
    }
    deployment.decisions++;
    deployment.policy = decision.policy();
    deployment.lastReason = Optional.of(decision.reason());
    boolean carriedOut =
        decision.outcome() == Outcome.APPLIED || decision.outcome() == Outcome.UNCHANGED;
    if (!carriedOut && deployment.scaler != null) {
      deployment.scaler.tell(ScalerActor.NotCarriedOut.INSTANCE);
    }
  }

  List<DeploymentStatus> status() {
    return byName.values().stream().map(Deployments::status).toList();
  }

  private static DeploymentStatus status(Deployment deployment) {
    return new DeploymentStatus(
        deployment.workload.name(),
        deployment.workload.desiredReplicas(),
        deployment.ready,
        deployment.refusal(),
        deployment.policy,
        deployment.term,
        deployment.decisions,
        deployment.lastReason,
        deployment.refusal().isPresent()
            ? Attachment.Mode.OFF
            : deployment.terms.map(Terms::mode).orElse(Attachment.Mode.OFF),
        deployment.spec(),
        deployment.terms.map(Terms::estimated).orElse(List.of()),
        deployment.shadows);
  }
}
