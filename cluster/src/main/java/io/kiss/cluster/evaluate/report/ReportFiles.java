package io.kiss.cluster.evaluate.report;

import io.kiss.kisim.evaluate.Comparison;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import io.kiss.kisim.file.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files an evaluation leaves behind; docs/results-schema.md says what is in them. The same
 * results give the same bytes.
 */
public final class ReportFiles {
  /** Everything, for programs. */
  public static final String JSON = "results.json";

  /** A line a run, for spreadsheets. */
  public static final String CSV = "results.csv";

  /** A page for people that needs nothing but itself. */
  public static final String HTML = "report.html";

  private ReportFiles() {}

  /**
   * Writes all three, each whole or not at all, over those that are there.
   *
   * @param folder made where it is missing
   * @throws IOException if it cannot be written to
   */
  public static void write(EvaluationResults results, Path folder) throws IOException {
    Comparison comparison = Comparison.of(results);
    Files.createDirectories(folder);
    write(folder.resolve(JSON), ResultsJson.of(results, comparison));
    write(folder.resolve(CSV), ResultsCsv.of(results));
    write(folder.resolve(HTML), ReportPage.of(results, comparison));
  }

  /** What {@link #JSON} would hold. */
  public static String json(EvaluationResults results) throws IOException {
    return ResultsJson.of(results, Comparison.of(results));
  }

  private static void write(Path file, String text) throws IOException {
    AtomicFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
