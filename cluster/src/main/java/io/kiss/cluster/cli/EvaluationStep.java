package io.kiss.cluster.cli;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.actors.protocol.GateReport;
import io.kiss.actors.protocol.LearnerProtocol.Candidate;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;
import io.kiss.actors.protocol.RegisteredPolicy.EvaluationRow;
import io.kiss.actors.protocol.RegisteredPolicy.Provenance;
import io.kiss.cluster.Node;
import io.kiss.cluster.boot.BuildInfo;
import io.kiss.cluster.cli.Terminal.Colour;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Evaluates what was learned, says how it did, and registers and promotes it if it won. */
final class EvaluationStep {
  private final Node node;
  private final Terminal terminal;
  private final Trial trial;
  private final Ask ask;

  EvaluationStep(Node node, Terminal terminal, Trial trial) {
    this.node = node;
    this.terminal = terminal;
    this.trial = trial;
    ask = new Ask(node.system());
  }

  /** Runs; the rows are those of this evaluation, or those the policy was registered with. */
  List<EvaluationRow> run(Candidate candidate) {
    ControllerView view = view();
    PolicyRef ref =
        new PolicyRef(
            candidate.iteration().run() + "-" + candidate.iteration().number(),
            PolicySnapshot.sha256(candidate.policy()));
    Optional<RegisteredPolicy> known =
        view.policies().stream().filter(p -> p.ref().sha256().equals(ref.sha256())).findFirst();
    if (known.isPresent()) {
      boolean champion =
          view.assignment().policy().filter(p -> p.sha256().equals(ref.sha256())).isPresent();
      terminal.line(
          "Policy "
              + known.get().ref().id()
              + " is registered"
              + (champion ? " and champion" : ""));
      return known.get().evaluation();
    }
    Trial.Verdict verdict = trial.run(PolicySnapshot.fromBytes(candidate.policy()), champion(view));
    show(verdict);
    if (verdict.beatsHpa()) {
      register(ref, candidate.policy(), provenance(candidate), verdict);
      recordGate(trial.report(ref, view.assignment().policy(), verdict));
      decidePromotion(ref, verdict, view);
    } else {
      terminal.line(
          "It is not registered; "
              + view.assignment()
                  .policy()
                  .map(p -> "policy " + p.id() + " stays champion")
                  .orElse("scalers go by the queueing rule")
              + ". A larger --train-seconds trains on from here.");
    }
    return verdict.rows();
  }

  private Optional<PolicySnapshot> champion(ControllerView view) {
    return view.assignment()
        .policy()
        .flatMap(ref -> Await.reply(node.stores().policies().get(ref.sha256())))
        .map(PolicySnapshot::fromBytes);
  }

  private void show(Trial.Verdict verdict) {
    terminal.line("");
    verdict.table().lines().forEach(terminal::verbatim);
    terminal.line("");
    terminal.line(
        terminal.in(verdict.beatsHpa() ? Colour.GREEN : Colour.YELLOW, verdict.sentence()));
  }

  private void register(PolicyRef ref, byte[] policy, Provenance from, Trial.Verdict verdict) {
    Await.reply(node.stores().policies().put(ref.sha256(), policy));
    RegisteredPolicy registered =
        new RegisteredPolicy(ref, System.currentTimeMillis(), from, verdict.rows());
    ask.request(
        node.actors().controller(),
        (ActorRef<StatusReply<Done>> replyTo) ->
            new ControllerProtocol.RegisterPolicy(registered, replyTo));
  }

  private Provenance provenance(Candidate candidate) {
    return new Provenance(
        candidate.iteration().run(),
        candidate.iteration().number(),
        candidate.progress().environmentSteps(),
        candidate.progress().seconds(),
        node.system().settings().config().getString("kiss.learner.engine"),
        node.system().settings().config().getLong("kiss.learner.seed"),
        BuildInfo.commit());
  }

  /**
   * Takes a policy that somebody chose: it is evaluated, so that they see what they get, and
   * promoted in any case.
   */
  List<EvaluationRow> use(PolicyFile file) {
    ControllerView view = view();
    String sha256 = file.policy().sha256();
    Optional<RegisteredPolicy> known =
        view.policies().stream().filter(p -> p.ref().sha256().equals(sha256)).findFirst();
    PolicyRef ref =
        known
            .map(RegisteredPolicy::ref)
            .orElseGet(
                () ->
                    new PolicyRef(file.provenance().run() + "-" + sha256.substring(0, 8), sha256));
    terminal.line("Policy " + ref.id() + ": " + origin(file.provenance()));
    List<EvaluationRow> rows =
        known.map(RegisteredPolicy::evaluation).orElseGet(() -> evaluateAndRegister(ref, file));
    boolean champion =
        view.assignment().policy().filter(p -> p.sha256().equals(sha256)).isPresent();
    if (!champion) {
      promote(ref, true);
    }
    terminal.line(
        "Policy " + ref.id() + (champion ? " is champion" : " is promoted, as you asked for it"));
    return rows;
  }

  private static String origin(PolicyFile.Provenance from) {
    return String.format(
        Locale.ROOT,
        "%,d env steps in %.0f s, seed %d, made %s by build %.12s",
        from.environmentSteps(),
        from.seconds(),
        from.seed(),
        from.created(),
        from.commit());
  }

  private List<EvaluationRow> evaluateAndRegister(PolicyRef ref, PolicyFile file) {
    Trial.Verdict verdict = trial.run(file.policy(), Optional.empty());
    show(verdict);
    if (!verdict.beatsHpa()) {
      terminal.line("It is promoted all the same: --policy is your choice, not the evaluation's.");
    }
    PolicyFile.Provenance from = file.provenance();
    register(
        ref,
        file.policy().toBytes(),
        new Provenance(
            from.run(),
            from.iterations(),
            from.environmentSteps(),
            from.seconds(),
            from.engine(),
            from.seed(),
            from.commit()),
        verdict);
    return verdict.rows();
  }

  private void recordGate(GateReport report) {
    ask.request(
        node.actors().controller(),
        (ActorRef<StatusReply<Done>> replyTo) ->
            new ControllerProtocol.RecordGate(report, replyTo));
  }

  /**
   * Promotes a policy.
   *
   * @param chosen whether somebody chose it: then it goes to all at once, whatever the gate said
   */
  private Assignment promote(PolicyRef ref, boolean chosen) {
    return ask.request(
        node.actors().controller(),
        (ActorRef<StatusReply<Assignment>> replyTo) ->
            new ControllerProtocol.Promote(ref.id(), chosen, chosen, replyTo));
  }

  private void decidePromotion(PolicyRef ref, Trial.Verdict verdict, ControllerView view) {
    if (!verdict.atLeastChampion()) {
      terminal.line(
          String.format(
              Locale.ROOT,
              "Policy %s is registered; %s stays champion, its cost is lower",
              ref.id(),
              view.assignment().policy().map(PolicyRef::id).orElse("none")));
      return;
    }
    Assignment assignment = promote(ref, false);
    terminal.line(
        assignment
            .canary()
            .map(
                canary ->
                    String.format(
                        Locale.ROOT,
                        "Policy %s is registered; %.0f%% of the scalers%s try it beside %s first",
                        ref.id(),
                        100 * canary.share(),
                        canary.byTime() ? "' time" : "",
                        assignment.policy().map(PolicyRef::id).orElse("none")))
            .orElse("Policy " + ref.id() + " is registered and promoted"));
  }

  private ControllerView view() {
    return ask.now(node.actors().controller(), ControllerProtocol.GetView::new);
  }
}
