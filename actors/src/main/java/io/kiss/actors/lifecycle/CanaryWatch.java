package io.kiss.actors.lifecycle;

import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Canary;
import io.kiss.actors.protocol.CanaryObserved;
import io.kiss.actors.protocol.CanaryStatus;
import io.kiss.actors.protocol.PolicyRef;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One stage of a canary: takes in what scalers report, and says what is to become of the candidate.
 *
 * <p>Kept in memory only. A controller that starts anew observes anew: a decision comes later then,
 * never on half of the figures.
 */
public final class CanaryWatch {

  /** What is to become of the candidate. */
  public enum Verdict {
    /** Nothing yet. */
    WAIT,
    /** It is not worse: on to the next share, or to all. */
    ADVANCE,
    /** It is worse, or could not be shown not to be. */
    ROLL_BACK
  }

  /** Below this chance, and not beyond doubt, a candidate is observed for longer. */
  private static final double DOUBT = 0.1;

  private final CanarySettings settings;
  private final Canary canary;
  private final int stage;
  private final Map<String, Double> begun = new HashMap<>();
  private final Arm champion = new Arm();
  private final Arm candidate = new Arm();
  private double elapsed;
  private int looks;
  private double nextLook;
  private String sentence = "nothing has been observed yet";

  /** Begins to observe a stage. */
  public CanaryWatch(CanarySettings settings, Canary canary, int stage) {
    this.settings = settings;
    this.canary = canary;
    this.stage = stage;
    nextLook = settings.lookInterval();
  }

  /** Takes in a tick of a namespace and looks at the figures where a look is due. */
  public Verdict observe(CanaryObserved observed) {
    double start =
        begun.computeIfAbsent(
            observed.cluster() + "/" + observed.namespace(), n -> observed.timeSeconds());
    elapsed = Math.max(elapsed, observed.timeSeconds() - start);
    if (!washedOut(observed.timeSeconds(), start)) {
      return Verdict.WAIT;
    }
    long slot = canary.slot(observed.timeSeconds());
    for (CanaryObserved.Tick tick : observed.ticks()) {
      String unit =
          observed.cluster() + "/" + observed.namespace() + "/" + tick.deployment() + "#" + slot;
      Arm arm = tick.arm() == Assignment.Arm.CANARY ? candidate : champion;
      arm.add(unit, tick.requests(), tick.violating(), tick.replicaSeconds(), tick.neededSeconds());
    }
    return look();
  }

  private boolean washedOut(double time, double start) {
    double since = canary.byTime() ? time - canary.slot(time) * canary.slotSeconds() : time - start;
    return since >= settings.washoutSeconds();
  }

  private Verdict look() {
    if (!enough(champion) || !enough(candidate)) {
      sentence =
          String.format(
              Locale.ROOT,
              "waits until each arm has served %.0f requests in %d units; so far %.0f in %d"
                  + " (candidate) and %.0f in %d (champion)",
              settings.minRequests(),
              settings.minUnits(),
              candidate.requests(),
              candidate.units(),
              champion.requests(),
              champion.units());
      return Verdict.WAIT;
    }
    if (elapsed < nextLook) {
      return Verdict.WAIT;
    }
    looks++;
    nextLook = elapsed + settings.lookInterval();
    return judge(CanaryTest.of(candidate, champion, settings.margin()));
  }

  private Verdict judge(CanaryTest.Result result) {
    if (result.pValue() < settings.errorRateOfALook()) {
      sentence =
          figures()
              + String.format(
                  Locale.ROOT,
                  ": worse by more than %s beyond doubt (p %.2g, below %.2g)",
                  percent(settings.margin()),
                  result.pValue(),
                  settings.errorRateOfALook());
      return Verdict.ROLL_BACK;
    }
    if (looks < settings.looks()) {
      sentence = figures() + "; look " + looks + " of " + settings.looks() + " decided nothing";
      return Verdict.WAIT;
    }
    if (result.pValue() >= DOUBT) {
      sentence =
          figures() + ": nothing says it is worse by more than " + percent(settings.margin());
      return Verdict.ADVANCE;
    }
    if (looks < settings.looks() + settings.extraLooks()) {
      sentence = figures() + "; looks worse, not beyond doubt: observed for longer";
      return Verdict.WAIT;
    }
    sentence = figures() + ": could not be shown to be as good in the time there is";
    return Verdict.ROLL_BACK;
  }

  private boolean enough(Arm arm) {
    return arm.requests() > 0
        && arm.requests() >= settings.minRequests()
        && arm.units() >= settings.minUnits();
  }

  private String figures() {
    return String.format(
        Locale.ROOT,
        "%s of the candidate's %.0f requests violated the SLO, %s of the champion's %.0f",
        percent(candidate.violatingShare()),
        candidate.requests(),
        percent(champion.violatingShare()),
        champion.requests());
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f%%", 100 * share);
  }

  /** Where it stands, for people. */
  public String sentence() {
    return sentence;
  }

  /** Whether it is about this canary. */
  public boolean watches(Canary other, int otherStage) {
    return canary.equals(other) && stage == otherStage;
  }

  /** How the canary does. */
  public CanaryStatus status() {
    PolicyRef policy = canary.candidate();
    return new CanaryStatus(
        policy,
        stage,
        canary.share(),
        canary.byTime(),
        elapsed,
        settings.observationSeconds(),
        looks,
        champion.units() == 0 ? Optional.empty() : Optional.of(champion.figures()),
        candidate.units() == 0 ? Optional.empty() : Optional.of(candidate.figures()),
        sentence);
  }
}
