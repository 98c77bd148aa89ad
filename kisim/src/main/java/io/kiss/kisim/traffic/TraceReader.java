package io.kiss.kisim.traffic;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads traces: comma-separated lines under a header that names at least {@code second} (a bin's
 * start) and {@code requests} (arrivals in the bin), gzip or not. Other columns are ignored.
 */
final class TraceReader {
  private static final int GZIP_MAGIC = 0x1f8b;

  private final String file;
  private long line;
  private int secondColumn = -1;
  private int requestsColumn = -1;

  /** A bin beyond this is a typing error, and sums over it would lose the other bins. */
  private static final double MOST_REQUESTS = 1e12;

  private double first;
  private double previous;
  private double bin;
  private double[] counts = new double[1024];
  private int rows;

  private TraceReader(String file) {
    this.file = file;
  }

  /**
   * Reads a whole file.
   *
   * @throws TraceFormatException if it is no trace
   */
  static ArrivalTrace read(Path path) throws IOException {
    TraceReader reader = new TraceReader(path.toString());
    try (BufferedInputStream raw = new BufferedInputStream(Files.newInputStream(path))) {
      String name = String.valueOf(path.getFileName()).replaceFirst("(\\.csv)?(\\.gz)?$", "");
      return reader.parse(unzipped(raw), name);
    } catch (EOFException | ZipException e) {
      throw reader.wrong("the gzip stream is torn (" + e.getMessage() + ")");
    } catch (CharacterCodingException e) {
      throw reader.wrong("this is not UTF-8 text");
    }
  }

  private static InputStream unzipped(BufferedInputStream raw) throws IOException {
    raw.mark(2);
    int magic = raw.read() << 8 | raw.read();
    raw.reset();
    return magic == GZIP_MAGIC ? new GZIPInputStream(raw, 1 << 16) : raw;
  }

  private ArrivalTrace parse(InputStream in, String name) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
    line = 1;
    String header = lines.readLine();
    if (header == null || header.isBlank()) {
      throw wrong("the file is empty; expected the header second,requests");
    }
    readHeader(header);
    for (String row = lines.readLine(); row != null; row = lines.readLine()) {
      line++;
      readRow(row);
    }
    if (rows < 2) {
      throw wrong("a trace needs at least two rows to tell how long a bin is, not " + rows);
    }
    if (rows * bin > Integer.MAX_VALUE / 2) {
      throw wrong("the trace lasts %s s, longer than can be replayed", text(rows * bin));
    }
    return new ArrivalTrace(name, (int) bin, Arrays.copyOf(counts, rows));
  }

  private void readHeader(String header) throws TraceFormatException {
    String[] names = header.replace("\uFEFF", "").split(",", -1);
    for (int i = 0; i < names.length; i++) {
      switch (names[i].strip().toLowerCase(Locale.ROOT)) {
        case "second" -> secondColumn = i;
        case "requests" -> requestsColumn = i;
        default -> {}
      }
    }
    if (secondColumn < 0 || requestsColumn < 0) {
      throw wrong(
          "the header must name the columns second and requests, but is \"%s\"", quoted(header));
    }
  }

  private void readRow(String row) throws TraceFormatException {
    String[] cells = row.split(",", -1);
    double second = number(cells, secondColumn, "second");
    double requests = number(cells, requestsColumn, "requests");
    if (second < 0) {
      throw wrong("second must not be negative, but is %s", cells[secondColumn].strip());
    }
    if (requests < 0) {
      throw wrong("requests must not be negative, but is %s", cells[requestsColumn].strip());
    }
    if (requests > MOST_REQUESTS) {
      throw wrong(
          "requests must be at most %s in a bin, but is %s", text(MOST_REQUESTS), text(requests));
    }
    if (rows == 0) {
      first = second;
    } else if (second <= previous) {
      throw wrong("second %s does not come after %s", text(second), text(previous));
    } else if (rows == 1) {
      bin = second - first;
      if (bin != Math.rint(bin) || bin > Integer.MAX_VALUE) {
        throw wrong("a bin must last whole seconds, but the first lasts %s", text(bin));
      }
    } else if (second != first + rows * bin) {
      throw wrong(
          "expected second %s (bins of %s s), found %s; fill gaps with rows of 0 requests",
          text(first + rows * bin), text(bin), text(second));
    }
    if (rows == counts.length) {
      counts = Arrays.copyOf(counts, 2 * rows);
    }
    counts[rows++] = requests;
    previous = second;
  }

  private double number(String[] cells, int column, String name) throws TraceFormatException {
    if (column >= cells.length) {
      throw wrong("the column %s is missing", name);
    }
    String cell = cells[column].strip();
    if (cell.isEmpty()) {
      throw wrong("the column %s is empty; is this an empty line?", name);
    }
    double value;
    try {
      value = Double.parseDouble(cell);
    } catch (NumberFormatException e) {
      throw wrong("%s must be a number, but is \"%s\"", name, quoted(cell));
    }
    if (!Double.isFinite(value)) {
      throw wrong("%s must be a finite number, but is %s", name, cell);
    }
    return value;
  }

  /** Enough of a text to find it by. */
  private static String quoted(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }

  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  private TraceFormatException wrong(String what, Object... arguments) {
    return new TraceFormatException(
        file, line, arguments.length == 0 ? what : String.format(Locale.ROOT, what, arguments));
  }
}
