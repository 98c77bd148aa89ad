package io.kiss.cluster.cli;

import io.kiss.cluster.reproduce.Study;
import io.kiss.cluster.reproduce.StudyReport;
import io.kiss.cluster.reproduce.StudyText;
import io.kiss.cluster.train.StopSignals;
import io.kiss.kisim.text.Columns;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.ExitCode;

/** Does the study, writes its files, and says what came out. */
final class ReproduceJourney {
  /** By convention, 128 and the number of SIGINT. */
  private static final int INTERRUPTED = 130;

  private static final int INDENT = 2;

  private final Study study;
  private final Path folder;
  private final int jobs;
  private final boolean json;
  private final PrintWriter people;
  private final PrintWriter out;
  private final PrintWriter err;

  /**
   * A study that is to be done.
   *
   * @param json whether the data go to {@code out} for programs, and all else to {@code err}
   */
  ReproduceJourney(
      Study study, Path folder, int jobs, boolean json, PrintWriter out, PrintWriter err) {
    this.study = study;
    this.folder = folder;
    this.jobs = jobs;
    this.json = json;
    people = json ? err : out;
    this.out = out;
    this.err = err;
    if (System.getProperty("kiss.logs") == null) {
      System.setProperty("kiss.logs", folder.toString());
    }
  }

  /** Runs; the answer is the exit code. */
  int run() {
    say("The KIS-S paper's study (arXiv 2507.07932) on KISim, every request simulated");
    Thread self = Thread.currentThread();
    WorkBar bar = new WorkBar(Terminal.system(json), people, System::nanoTime);
    try (StopSignals signals = StopSignals.listen(self::interrupt)) {
      StudyReport report;
      try {
        report = study.run(jobs, bar::update);
      } catch (InterruptedException e) {
        bar.leave();
        say("Stopped: there is no result, and nothing is kept.");
        return signals.exitCode().orElse(INTERRUPTED);
      }
      bar.leave();
      report.write(folder);
      if (json) {
        out.print(Files.readString(folder.resolve(StudyReport.JSON)));
        out.flush();
      } else {
        report(report);
      }
      sayWhereItIs();
      return ExitCode.OK;
    } catch (IOException e) {
      err.println("kiss reproduce: cannot write to " + folder + ": " + e.getMessage());
      err.flush();
      return ExitCode.SOFTWARE;
    }
  }

  private void report(StudyReport report) {
    say("");
    table(List.of("", "claimed", "here"), report.claims());
    for (StudyText.Section section : report.sections()) {
      say("");
      say(section.title());
      section.sentences().forEach(this::say);
      if (!section.header().isEmpty()) {
        table(section.header(), section.rows());
      }
    }
  }

  private void sayWhereItIs() {
    say("");
    say("Page: " + folder.resolve(StudyReport.HTML));
    say("Data: " + folder.resolve(StudyReport.JSON));
  }

  private void table(List<String> header, List<List<String>> rows) {
    Table table = new Table(header.toArray(new String[0]));
    rows.forEach(row -> table.row(row.toArray(new String[0])));
    table.lines().forEach(people::println);
    people.flush();
  }

  private void say(String line) {
    people.println(Columns.wrap(line, INDENT).replace("\n", System.lineSeparator()));
    people.flush();
  }
}
