package io.kiss.kisim.calibrate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads benchmark rows from a CSV file with a header (RFC 4180 quoting, columns by name). */
final class BenchmarkFile {
  private static final List<String> REQUIRED =
      List.of("model", "gpu", "precision", "backend", "accel", "batch", "ips", "avg_ms");

  private final Path file;
  private final Map<String, Integer> columns = new HashMap<>();

  private BenchmarkFile(Path file, List<String> header) {
    this.file = file;
    for (int i = 0; i < header.size(); i++) {
      columns.put(header.get(i).strip(), i);
    }
    for (String name : REQUIRED) {
      if (!columns.containsKey(name)) {
        throw new CalibrationException(file + ": line 1: there is no column " + name);
      }
    }
  }

  static List<BenchmarkRow> read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new CalibrationException("there is no file " + file, e);
    } catch (IOException e) {
      throw new CalibrationException(
          file
              + (Files.isDirectory(file)
                  ? " is a folder, not a file"
                  : ": cannot be read as text: " + e.getMessage()),
          e);
    }
    if (lines.isEmpty()) {
      throw new CalibrationException(file + ": is empty");
    }
    BenchmarkFile reader = new BenchmarkFile(file, split(lines.get(0)));
    List<BenchmarkRow> rows = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        rows.add(reader.row(split(lines.get(i)), i + 1));
      }
    }
    if (rows.isEmpty()) {
      throw new CalibrationException(file + ": has a header and no rows");
    }
    return rows;
  }

  private BenchmarkRow row(List<String> cells, int line) {
    if (cells.size() != columns.size()) {
      throw new CalibrationException(
          file
              + ": line "
              + line
              + " has "
              + cells.size()
              + " cells where the header has "
              + columns.size());
    }
    BenchmarkKey key =
        new BenchmarkKey(
            text(cells, "model"),
            text(cells, "gpu"),
            text(cells, "precision"),
            text(cells, "backend"),
            text(cells, "accel"));
    BenchmarkRow row =
        new BenchmarkRow(
            key,
            line,
            number(cells, line, "instances"),
            number(cells, line, "delay_us") * 1e-6,
            number(cells, line, "batch"),
            number(cells, line, "concurrency"),
            number(cells, line, "ips"),
            number(cells, line, "p50_ms") * 1e-3,
            number(cells, line, "p95_ms") * 1e-3,
            number(cells, line, "avg_ms") * 1e-3,
            number(cells, line, "compute_input_ms") * 1e-3,
            number(cells, line, "compute_infer_ms") * 1e-3,
            number(cells, line, "compute_output_ms") * 1e-3,
            number(cells, line, "net_ms") * 1e-3);
    if (!(row.meanSeconds() > 0 && row.throughput() > 0)) {
      throw new CalibrationException(
          file + ": line " + line + ": avg_ms and ips must be positive numbers");
    }
    return row;
  }

  private String text(List<String> cells, String column) {
    return cells.get(columns.get(column)).strip();
  }

  private double number(List<String> cells, int line, String column) {
    Integer index = columns.get(column);
    String cell = index == null ? "" : cells.get(index).strip();
    if (cell.isEmpty()) {
      return Double.NaN;
    }
    try {
      double value = Double.parseDouble(cell);
      if (value >= 0 && value < Double.POSITIVE_INFINITY) {
        return value;
      }
    } catch (NumberFormatException e) {
      // The sentence below says it.
    }
    throw new CalibrationException(
        file + ": line " + line + ": " + column + " is not a number that can be: " + cell);
  }

  private static List<String> split(String line) {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        if (quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
          cell.append(c);
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString());
    return cells;
  }
}
