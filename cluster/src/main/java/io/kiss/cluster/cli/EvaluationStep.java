package io.kiss.cluster.cli;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.actors.protocol.GateReport;
import io.kiss.actors.protocol.LearnerProtocol.Candidate;
import io.kiss.actors.protocol.Lifecycle;
import io.kiss.actors.protocol.Lifecycle.Change;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;
import io.kiss.actors.protocol.RegisteredPolicy.EvaluationRow;
import io.kiss.actors.protocol.RegisteredPolicy.Provenance;
import io.kiss.cluster.Node;
import io.kiss.cluster.boot.BuildInfo;
import io.kiss.cluster.cli.Terminal.Colour;
import io.kiss.cluster.gate.Gate;
import io.kiss.cluster.gate.Gate.Contender;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.evaluate.TournamentCase;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Puts what was learned through the gate, says how it did, registers it, and promotes it if it
 * passed.
 */
final class EvaluationStep {
  /** What the history has beside assignments. */
  private static final Set<String> UNDECIDED = Set.of("PIN", "UNPIN", "PAUSE", "RESUME");

  private final Node node;
  private final Terminal terminal;
  private final Gate gate;
  private final Ask ask;

  /**
   * A step.
   *
   * @param more cases, beside those that the node's gate has
   */
  EvaluationStep(Node node, Terminal terminal, List<TournamentCase> more) {
    this.node = node;
    this.terminal = terminal;
    gate = node.gate().with(more);
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
      return goOn(known.get(), candidate, view);
    }
    GateReport report = judge(contender(ref, candidate), champion(view));
    register(ref, candidate.policy(), provenance(candidate), report);
    conclude(ref, report, view);
    return report.standings();
  }

  private static Contender contender(PolicyRef ref, Candidate candidate) {
    return new Contender(ref, PolicySnapshot.fromBytes(candidate.policy()));
  }

  private void conclude(PolicyRef ref, GateReport report, ControllerView view) {
    if (report.passed()) {
      promoteWhatPassed(ref);
    } else {
      terminal.line(
          "Policy "
              + ref.id()
              + " is registered and not promoted, the gate did not let it through; "
              + view.assignment()
                  .policy()
                  .map(p -> "policy " + p.id() + " stays champion")
                  .orElse("scalers go by the queueing rule")
              + ". A larger --train-seconds trains on from here.");
    }
  }

  /**
   * What is left to do about a policy that is registered already: all but registering, where this
   * ended before it was through; nothing, where somebody has decided since what is to run.
   */
  private List<EvaluationRow> goOn(
      RegisteredPolicy known, Candidate candidate, ControllerView view) {
    PolicyRef ref = known.ref();
    Assignment inForce = view.assignment();
    Optional<GateReport> report = view.lifecycle().report(ref.id());
    boolean failed = report.filter(r -> !r.passed()).isPresent();
    if (inForce.policy().equals(Optional.of(ref))) {
      terminal.line("Policy " + ref.id() + " is registered and champion");
    } else if (inForce.canary().filter(canary -> canary.candidate().equals(ref)).isPresent()) {
      say(ref, inForce);
    } else if (failed || !decidedSince(known.registeredAtMillis(), view.lifecycle())) {
      conclude(ref, report.orElseGet(() -> judgeLate(ref, candidate, view)), view);
    } else {
      terminal.line(
          "Policy "
              + ref.id()
              + " is registered and not promoted: what is to run was decided since. kiss policy"
              + " promote "
              + ref.id()
              + " tries it again.");
    }
    return known.evaluation();
  }

  private GateReport judgeLate(PolicyRef ref, Candidate candidate, ControllerView view) {
    GateReport report = judge(contender(ref, candidate), champion(view));
    record(report);
    return report;
  }

  /** Whether the assignment changed since then; yes, where that is further back than is known. */
  private static boolean decidedSince(long millis, Lifecycle lifecycle) {
    List<Change> history = lifecycle.history();
    boolean forgotten =
        history.size() >= Lifecycle.MAX_HISTORY && history.get(0).atMillis() >= millis;
    return forgotten
        || history.stream().anyMatch(c -> c.atMillis() >= millis && !UNDECIDED.contains(c.what()));
  }

  private Optional<Contender> champion(ControllerView view) {
    return view.assignment()
        .policy()
        .flatMap(
            ref ->
                Await.reply(node.stores().policies().get(ref.sha256()))
                    .map(bytes -> new Contender(ref, PolicySnapshot.fromBytes(bytes))));
  }

  private GateReport judge(Contender candidate, Optional<Contender> champion) {
    GateReport report;
    try {
      int threads = Runtime.getRuntime().availableProcessors();
      report = gate.run(candidate, champion, threads, share -> {}).report();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in the evaluation", e);
    }
    terminal.line("");
    GateText.lines(report, terminal.columns()).forEach(terminal::verbatim);
    terminal.line("");
    terminal.line(
        report.passed()
            ? terminal.in(Colour.GREEN, "KIScaler passed the gate")
            : terminal.in(Colour.YELLOW, "KIScaler did not pass the gate"));
    return report;
  }

  private void register(PolicyRef ref, byte[] policy, Provenance from, GateReport report) {
    Await.reply(node.stores().policies().put(ref.sha256(), policy));
    RegisteredPolicy registered =
        new RegisteredPolicy(ref, System.currentTimeMillis(), from, report.standings());
    ask.request(
        node.actors().controller(),
        (ActorRef<StatusReply<Done>> replyTo) ->
            new ControllerProtocol.RegisterPolicy(registered, replyTo));
    record(report);
  }

  private void record(GateReport report) {
    ask.request(
        node.actors().controller(),
        (ActorRef<StatusReply<Done>> replyTo) ->
            new ControllerProtocol.RecordGate(report, replyTo));
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
    GateReport report = judge(new Contender(ref, file.policy()), Optional.empty());
    if (!report.passed()) {
      terminal.line("It is promoted all the same: --policy is your choice, not the gate's.");
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
        report);
    return report.standings();
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

  private void promoteWhatPassed(PolicyRef ref) {
    try {
      say(ref, promote(ref, false));
    } catch (StatusReply.ErrorMessage refused) {
      terminal.line(
          "Policy " + ref.id() + " is registered and not promoted: " + refused.getMessage());
    }
  }

  private void say(PolicyRef ref, Assignment assignment) {
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
