package io.kiss.cluster.cli;

import io.kiss.cluster.evaluate.EvaluationReader;
import io.kiss.cluster.evaluate.RunFile;
import io.kiss.cluster.evaluate.report.ReportFiles;
import io.kiss.cluster.train.StopSignals;
import io.kiss.kisim.evaluate.Evaluation;
import io.kiss.kisim.evaluate.EvaluationPlan;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import io.kiss.kisim.evaluate.result.Failure;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.ExitCode;

/** Evaluates, writes the report, and says how it went. */
final class EvaluateJourney {
  /** By convention, 128 and the number of SIGINT. */
  private static final int INTERRUPTED = 130;

  private final EvaluationReader.Read read;
  private final Path folder;
  private final int jobs;
  private final RunFile runs;
  private final boolean json;
  private final PrintWriter people;
  private final PrintWriter out;
  private final PrintWriter err;

  private EvaluateJourney(
      EvaluationReader.Read read,
      Path folder,
      int jobs,
      RunFile runs,
      boolean json,
      PrintWriter out,
      PrintWriter err) {
    this.read = read;
    this.folder = folder;
    this.jobs = jobs;
    this.runs = runs;
    this.json = json;
    people = json ? err : out;
    this.out = out;
    this.err = err;
  }

  /**
   * Takes up the folder of an evaluation.
   *
   * @param json whether the results go to {@code out} for programs, and all else to {@code err}
   * @throws io.kiss.kisim.file.UnusableFileException with a sentence if it cannot be
   */
  static EvaluateJourney open(
      EvaluationReader.Read read,
      Path folder,
      int jobs,
      boolean json,
      PrintWriter out,
      PrintWriter err) {
    RunFile runs = RunFile.open(folder, read.digest());
    if (System.getProperty("kiss.logs") == null) {
      System.setProperty("kiss.logs", folder.toString());
    }
    return new EvaluateJourney(read, folder, jobs, runs, json, out, err);
  }

  /** Runs; the answer is the exit code. */
  int run() {
    announce();
    Thread self = Thread.currentThread();
    WorkBar bar = new WorkBar(Terminal.system(json), people, System::nanoTime);
    try (RunFile closing = runs;
        StopSignals signals = StopSignals.listen(self::interrupt)) {
      EvaluationResults results;
      try {
        results = Evaluation.run(read.plan(), jobs, runs, bar::update);
      } catch (InterruptedException e) {
        bar.leave();
        return stopped(signals);
      }
      bar.leave();
      ReportFiles.write(results, folder);
      return report(results);
    } catch (IOException e) {
      return fail("cannot write to " + folder + ": " + e.getMessage());
    } catch (UncheckedIOException e) {
      return fail(e.getMessage() + "; the same command goes on from there");
    }
  }

  private void announce() {
    EvaluationPlan plan = read.plan();
    read.notes().forEach(this::say);
    say(
        count(plan.entrants().size(), "autoscaler")
            + " on "
            + count(plan.cases().size(), read.scenarios() ? "scenario" : "trace")
            + " with "
            + count(plan.seeds(), "seed")
            + ", "
            + plan.engine().description()
            + " engine");
    if (runs.before() > 0) {
      say(
          runs.before()
              + " finished runs, those of tuning included, are in "
              + folder
              + ": going on from there");
    }
  }

  private static String count(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private int stopped(StopSignals signals) {
    // The flag is down since the exception was thrown; it must not disturb what is still written.
    say(
        "Stopped: "
            + runs.kept()
            + " finished runs, those of tuning included, are kept in "
            + folder);
    say("The same command goes on from there.");
    return signals.exitCode().orElse(INTERRUPTED);
  }

  private int report(EvaluationResults results) throws IOException {
    if (json) {
      out.print(Files.readString(folder.resolve(ReportFiles.JSON)));
      out.flush();
    } else {
      EvaluationTable.lines(results).forEach(this::say);
      say("");
    }
    say("Report: " + folder.resolve(ReportFiles.HTML));
    if (runs.kept() == runs.before() && results.failures().isEmpty()) {
      say("Every run was there already; the report was written anew.");
    }
    if (results.failures().isEmpty()) {
      return ExitCode.OK;
    }
    Failure first = results.failures().get(0);
    return fail(
        results.failures().size()
            + " runs failed, the others are in the report; the first is "
            + first.autoscaler()
            + " on "
            + first.trace()
            + " with seed "
            + first.seed()
            + ": "
            + first.reason());
  }

  private void say(String line) {
    people.println(line);
    people.flush();
  }

  private int fail(String message) {
    err.println("kiss evaluate: " + message.lines().findFirst().orElse(""));
    err.flush();
    return ExitCode.SOFTWARE;
  }
}
