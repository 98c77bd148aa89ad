package io.kiss.kisim.evaluate.oracle;

import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.autoscale.opponents.TuningGrid;
import io.kiss.kisim.evaluate.Entrant;
import io.kiss.kisim.evaluate.Tournament;
import io.kiss.kisim.evaluate.TournamentCase;
import io.kiss.kisim.evaluate.TournamentCases;
import io.kiss.kisim.scenario.ProfileFile;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.traffic.ArrivalTrace;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Prints, for six hours of each trace and three start-up times, what the Oracle's plan costs, its
 * lower bound, the processor time of planning, and what the Horizontal Pod Autoscaler costs as
 * published and with the best settings for this very run: {@code main PROFILE-FILE TRACE…}.
 */
public final class OracleGaps {
  private static final int FROM_SECONDS = 12 * 3600;
  private static final int SECONDS = 6 * 3600;

  private OracleGaps() {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    ServiceModel service = ProfileFile.read(Path.of(args[0])).values().iterator().next();
    System.out.println("trace startup plan bound planning-ms hpa hpa-tuned-here");
    for (String file : Arrays.asList(args).subList(1, args.length)) {
      for (double startup : new double[] {30, 120, 300}) {
        print(TournamentCases.replay(window(file), service, 20, 0.1, startup, 10, 15, 1), startup);
      }
    }
  }

  private static void print(TournamentCase each, double startup) {
    long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    OraclePlan plan = Oracle.plan(each.episode(), each.seed());
    long spent = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    AutoscalerChoice hpa = AutoscalerChoice.parse("hpa");
    double tuned = Double.POSITIVE_INFINITY;
    for (AutoscalerChoice choice : TuningGrid.of(hpa)) {
      tuned = Math.min(tuned, cost(choice, each));
    }
    System.out.printf(
        "%s %.0f %.3f %.3f %d %.3f %.3f%n",
        each.name(),
        startup,
        plan.costAtSlo(),
        plan.lowerBound(),
        spent / 1_000_000,
        cost(hpa, each),
        tuned);
  }

  private static double cost(AutoscalerChoice choice, TournamentCase each) {
    return Tournament.play(new Entrant(choice.toString(), choice::create), each).costAtSlo();
  }

  /** From noon on, or the last six hours, or all of a shorter trace. */
  private static ArrivalTrace window(String file) throws Exception {
    ArrivalTrace trace = ArrivalTrace.read(Path.of(file));
    double[] counts = trace.counts();
    int length = Math.min(counts.length, SECONDS / trace.binSeconds());
    int from = Math.min(counts.length - length, FROM_SECONDS / trace.binSeconds());
    return new ArrivalTrace(
        trace.name(), trace.binSeconds(), Arrays.copyOfRange(counts, from, from + length));
  }
}
