package io.kiss.kisim.evaluate.result;

import java.util.List;

/**
 * All that an evaluation found. The same command gives equal results, so nothing in here tells the
 * time or the machine.
 *
 * @param command that makes it again, as typed
 * @param version of KIS-S
 * @param engine that ran it: {@code fluid} or {@code request}
 * @param violationPrice cost of all requests violating the SLO, in units of the GPUs needed
 * @param traces in the order of the command
 * @param entrants in the order of the command
 * @param runs by trace, then seed, then entrant; those that failed are missing
 * @param sweep settings tried on these traces, for baselines that were to be tuned
 * @param replays of the first seed of each trace
 * @param failures runs that came to nothing
 */
public record EvaluationResults(
    String command,
    String version,
    String engine,
    double violationPrice,
    List<TraceInfo> traces,
    List<EntrantInfo> entrants,
    List<RunResult> runs,
    List<SweepPoint> sweep,
    List<Replay> replays,
    List<Failure> failures) {

  public EvaluationResults {
    traces = List.copyOf(traces);
    entrants = List.copyOf(entrants);
    runs = List.copyOf(runs);
    sweep = List.copyOf(sweep);
    replays = List.copyOf(replays);
    failures = List.copyOf(failures);
  }
}
