package io.kiss.cluster.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.kisim.file.AtomicFiles;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** One line of JSON an iteration; what is not known is null. */
public final class MetricsFile implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final BufferedWriter writer;

  private MetricsFile(BufferedWriter writer) {
    this.writer = writer;
  }

  /**
   * Opens the file.
   *
   * @param keep iterations whose lines stay: those after them were lost with the run's end, and
   *     come again
   */
  public static MetricsFile open(Path file, long keep) throws IOException {
    if (keep > 0 && Files.isRegularFile(file)) {
      trim(file, keep);
    }
    return new MetricsFile(
        keep > 0
            ? Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
            : Files.newBufferedWriter(file));
  }

  private static void trim(Path file, long keep) throws IOException {
    List<String> kept = new ArrayList<>();
    boolean all = true;
    for (String line : Files.readAllLines(file)) {
      boolean wanted = isOf(line, keep);
      all &= wanted;
      if (wanted) {
        kept.add(line + "\n");
      }
    }
    if (!all) {
      AtomicFiles.write(file, String.join("", kept).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static boolean isOf(String line, long keep) {
    try {
      long iteration = JSON.readTree(line).path("iteration").asLong();
      return iteration >= 1 && iteration <= keep;
    } catch (JsonProcessingException e) {
      // The line that was being written when the process was killed.
      return false;
    }
  }

  /** Writes an iteration's line through to the file. */
  public void write(IterationReport report) throws IOException {
    writer.write(line(report));
    writer.newLine();
    writer.flush();
  }

  static String line(IterationReport report) {
    double count = report.episodes().count();
    ObjectNode line = JSON.createObjectNode();
    line.put("iteration", report.iteration());
    line.put("environmentSteps", report.environmentSteps());
    put(line, "seconds", report.seconds());
    put(line, "stepsPerSecond", report.stepsPerSecond());
    line.put("episodes", report.episodes().count());
    // 0 / 0 is NaN, as wanted where no episode ended.
    put(line, "episodeReturn", report.episodes().returns() / count);
    put(line, "sloAttainment", report.episodes().sloAttainment() / count);
    put(line, "gpuHours", report.episodes().gpuHours() / count);
    put(line, "policyLoss", report.update().policyLoss());
    put(line, "valueLoss", report.update().valueLoss());
    put(line, "entropy", report.update().entropy());
    put(line, "approximateKl", report.update().approximateKl());
    put(line, "clipFraction", report.update().clipFraction());
    put(line, "explainedVariance", report.update().explainedVariance());
    put(line, "gradientNorm", report.update().gradientNorm());
    line.put("epochs", report.update().epochs());
    put(line, "learningRate", report.learningRate());
    line.put("rollbacks", report.rollbacks());
    return line.toString();
  }

  private static void put(ObjectNode line, String key, double value) {
    if (Double.isFinite(value)) {
      line.put(key, value);
    } else {
      line.putNull(key);
    }
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
