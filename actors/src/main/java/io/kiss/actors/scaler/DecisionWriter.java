package io.kiss.actors.scaler;

import io.kiss.actors.live.DecisionJournal;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.live.DecisionRecord.Outcome;
import io.kiss.actors.live.LiveCluster;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.live.ScaleConflict;
import io.kiss.actors.live.Workload;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.kisim.autoscale.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Carries out a tick's decisions where that is allowed, and keeps the records of all of them. */
final class DecisionWriter {
  private final NamespaceRef namespace;
  private final DecisionJournal journal;
  private final PortCalls calls;
  private final DecisionIds ids = new DecisionIds(new SplittableRandom());

  /**
   * A tick's records, as they stand in the journal.
   *
   * @param owed records of earlier ticks that were written with them
   * @param journalFailure why they do not stand there
   */
  record Written(
      long tick,
      List<DecisionRecord> records,
      List<DecisionRecord> owed,
      Optional<Throwable> journalFailure) {}

  private record Fate(Outcome outcome, Optional<String> error) {
    static Fate of(Outcome outcome) {
      return new Fate(outcome, Optional.empty());
    }
  }

  DecisionWriter(NamespaceRef namespace, DecisionJournal journal, PortCalls calls) {
    this.namespace = namespace;
    this.journal = journal;
    this.calls = calls;
  }

  /**
   * Writes a tick's decisions.
   *
   * @param owed records of earlier ticks that the journal has not confirmed
   * @param held why nothing may be written now; empty: it may, in active mode
   * @return never fails
   */
  CompletionStage<Written> write(
      TickRun run, List<TickRun.Answer> answers, List<DecisionRecord> owed, Optional<String> held) {
    List<CompletableFuture<DecisionRecord>> records = new ArrayList<>(answers.size());
    for (TickRun.Answer answer : answers) {
      String id = ids.next(System.currentTimeMillis());
      double now = run.cluster.clock().nowSeconds();
      records.add(
          fate(run.cluster, answer, held)
              .thenApply(fate -> record(id, now, answer.decided(), answer.budget(), fate))
              .toCompletableFuture());
    }
    return CompletableFuture.allOf(records.toArray(CompletableFuture[]::new))
        .thenCompose(
            all ->
                append(run.number, records.stream().map(CompletableFuture::join).toList(), owed));
  }

  private CompletionStage<Fate> fate(
      LiveCluster cluster, TickRun.Answer answer, Optional<String> held) {
    Decision decision = answer.decided().decision();
    if (answer.decided().failure().isPresent()) {
      return done(new Fate(Outcome.FAILED, answer.decided().failure()));
    }
    if (decision.replicas() == decision.current()) {
      return done(Fate.of(Outcome.UNCHANGED));
    }
    if (answer.mode() == Attachment.Mode.SHADOW) {
      return done(Fate.of(Outcome.SHADOWED));
    }
    if (held.isPresent()) {
      return done(new Fate(Outcome.HELD, held));
    }
    Workload workload = answer.workload();
    return calls
        .call(
            "scaling " + namespace + "/" + workload.name(),
            () ->
                cluster
                    .cluster()
                    .scale(
                        namespace.namespace(),
                        workload.name(),
                        decision.replicas(),
                        workload.resourceVersion(),
                        decision.reason()))
        .handle(
            (version, failure) -> {
              if (failure == null) {
                return Fate.of(Outcome.APPLIED);
              }
              boolean conflict = PortCalls.cause(failure) instanceof ScaleConflict;
              return new Fate(
                  conflict ? Outcome.CONFLICT : Outcome.FAILED,
                  Optional.of(PortCalls.sentence(failure)));
            });
  }

  private static CompletionStage<Fate> done(Fate fate) {
    return CompletableFuture.completedStage(fate);
  }

  private CompletionStage<Written> append(
      long tick, List<DecisionRecord> records, List<DecisionRecord> owed) {
    List<DecisionRecord> all = new ArrayList<>(owed);
    all.addAll(records);
    if (all.isEmpty()) {
      return CompletableFuture.completedStage(new Written(tick, records, owed, Optional.empty()));
    }
    return calls
        .call("the decision journal", () -> journal.append(all))
        .handle((done, failure) -> new Written(tick, records, owed, Optional.ofNullable(failure)));
  }

  private DecisionRecord record(
      String id,
      double now,
      ScalerActor.Decided decided,
      Optional<DecisionRecord.BudgetLimit> budget,
      Fate fate) {
    Decision decision = decided.decision();
    return new DecisionRecord(
        id,
        namespace.cluster(),
        namespace.namespace(),
        decided.deployment(),
        now,
        decided.choice().policy().map(PolicyRef::id),
        decided.assignment().term(),
        decided.telemetry(),
        decision.source(),
        decision.current(),
        decision.proposal(),
        decision.replicas(),
        decision.action(),
        decision.observation(),
        decision.probabilities(),
        decision.guards(),
        decided.state(),
        decision.reason(),
        fate.outcome(),
        fate.error(),
        decided.workload(),
        Optional.of(decided.limits()),
        budget);
  }
}
