package io.kiss.actors.scaler;

import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.CanaryObserved;
import io.kiss.actors.scaler.ScalerActor.LoadedPolicy;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells the controller what scalers saw while a candidate is being tried. */
final class CanaryReporter {
  private CanaryReporter() {}

  /** Reports a tick's records, where there is a canary and decisions are carried out. */
  static void report(
      Site site, LoadedPolicy policy, Attachment attachment, List<DecisionRecord> records) {
    if (policy.assignment().canary().isEmpty()) {
      return;
    }
    List<CanaryObserved.Tick> ticks = new ArrayList<>();
    for (DecisionRecord record : records) {
      if (attachment.modeOf(record.deployment()) == Attachment.Mode.ACTIVE) {
        tick(policy, attachment, record).ifPresent(ticks::add);
      }
    }
    if (!ticks.isEmpty()) {
      site.environment()
          .controller()
          .tell(
              new CanaryObserved(
                  site.namespace().cluster(),
                  site.namespace().namespace(),
                  policy.assignment().term(),
                  records.get(0).telemetry().timeSeconds(),
                  ticks));
    }
  }

  /** What is not measured is left out, never counted as good. */
  private static Optional<CanaryObserved.Tick> tick(
      LoadedPolicy policy, Attachment attachment, DecisionRecord record) {
    TelemetrySample seen = record.telemetry();
    Assignment.Arm arm = policy.choose(record.deployment(), seen.timeSeconds()).arm();
    boolean measured =
        seen.arrivalRate() > 0
            && Double.isFinite(seen.arrivalRate())
            && Double.isFinite(seen.violatingShare());
    if (!measured || arm == Assignment.Arm.PINNED || record.term() != policy.assignment().term()) {
      return Optional.empty();
    }
    double seconds = attachment.tickSeconds();
    double requests = seen.arrivalRate() * seconds;
    double needed =
        record
            .workload()
            .map(WorkloadSpec::replicaCapacity)
            .map(capacity -> requests / capacity)
            .orElse(Double.NaN);
    return Optional.of(
        new CanaryObserved.Tick(
            record.deployment(),
            arm,
            requests,
            requests * seen.violatingShare(),
            seen.desiredReplicas() * seconds,
            needed));
  }
}
