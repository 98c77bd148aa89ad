package io.kiss.kisim.fluid;

import io.kiss.kisim.file.SealedFormat;
import io.kiss.kisim.file.UnusableFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of the {@link ShapePool}'s shapes as the build measured them: a resource, so that no JVM
 * needs to measure them again. It holds the fingerprint of the code that measured it, and is used
 * by that very code only; where there is none that can be used, rows are measured when needed.
 *
 * <p>The body: the fingerprint (32 bytes), then {@code [shape][pods]} in the order of {@link
 * ShapePool#shapes} and {@link StationaryTable#MEASURED} each row's doubles, big endian: capacity,
 * full service, content, waits, busy, latencies, queues.
 */
final class SteadyStates {
  /** Name of the resource, beside this class. */
  static final String RESOURCE = "steady-states.bin";

  private static final SealedFormat FORMAT = new SealedFormat("KIS-S steady states", "KISSTEAD", 1);

  private static final int DIGEST_BYTES = 32;
  private static final Logger LOG = LoggerFactory.getLogger(SteadyStates.class);

  private SteadyStates() {}

  /** The build's rows, read when first asked for. */
  private static final class Built {
    static final Map<ServiceShape, StationaryRow[]> ROWS =
        load(SteadyStates.class.getResourceAsStream(RESOURCE));
  }

  /**
   * The rows that the build measured of a shape.
   *
   * @return one for each of {@link StationaryTable#MEASURED}, or nothing at all
   */
  static StationaryRow[] of(ServiceShape shape) {
    return Built.ROWS.getOrDefault(shape, new StationaryRow[0]);
  }

  /** Rows by shape; empty where there is no resource or none that can be used. Closes it. */
  static Map<ServiceShape, StationaryRow[]> load(InputStream resource) {
    if (resource == null) {
      LOG.debug("The build left no {}; steady states are measured when needed.", RESOURCE);
      return Map.of();
    }
    try (resource) {
      return decode(resource.readAllBytes(), digest());
    } catch (IOException | UnusableFileException e) {
      LOG.warn("Steady states are measured when needed: {}", e.getMessage());
      return Map.of();
    }
  }

  /** Measures all rows of the pool's shapes, on all cores. */
  static byte[] measure(byte[] digest) {
    List<ServiceShape> shapes = ShapePool.shapes();
    int each = StationaryTable.MEASURED.length;
    List<StationaryRow> rows =
        IntStream.range(0, shapes.size() * each)
            .parallel()
            .mapToObj(
                i ->
                    StationaryMeasurement.of(
                        shapes.get(i / each), StationaryTable.MEASURED[i % each]))
            .collect(Collectors.toList());
    return encode(rows, digest);
  }

  static byte[] encode(List<StationaryRow> rows, byte[] digest) {
    ByteBuffer body =
        ByteBuffer.allocate(DIGEST_BYTES + rows.size() * StationaryRow.DOUBLES * Double.BYTES);
    body.put(digest);
    for (StationaryRow row : rows) {
      body.putDouble(row.capacity()).putDouble(row.fullService());
      for (double[] values :
          List.of(row.content(), row.waits(), row.busy(), row.latencies(), row.queues())) {
        Arrays.stream(values).forEach(body::putDouble);
      }
    }
    return FORMAT.seal(body.array());
  }

  /**
   * The rows in a resource's bytes.
   *
   * @throws UnusableFileException if they are torn, foreign, of another version or measured by
   *     other code
   */
  static Map<ServiceShape, StationaryRow[]> decode(byte[] bytes, byte[] digest) {
    ByteBuffer body = ByteBuffer.wrap(FORMAT.open(RESOURCE, bytes));
    byte[] by = new byte[Math.min(DIGEST_BYTES, body.remaining())];
    body.get(by);
    if (!Arrays.equals(by, digest)) {
      throw new UnusableFileException(RESOURCE + " was measured by other code than this");
    }
    List<ServiceShape> shapes = ShapePool.shapes();
    int each = StationaryTable.MEASURED.length;
    long expected = (long) shapes.size() * each * StationaryRow.DOUBLES * Double.BYTES;
    if (body.remaining() != expected) {
      throw new UnusableFileException(
          RESOURCE + " has " + body.remaining() + " bytes of rows, and should have " + expected);
    }
    Map<ServiceShape, StationaryRow[]> rows = new HashMap<>();
    for (ServiceShape shape : shapes) {
      StationaryRow[] its = new StationaryRow[each];
      for (int i = 0; i < each; i++) {
        its[i] = row(StationaryTable.MEASURED[i], body);
      }
      rows.put(shape, its);
    }
    return rows;
  }

  private static StationaryRow row(int pods, ByteBuffer body) {
    int loads = StationaryRow.LOADS.length;
    return new StationaryRow(
        pods,
        body.getDouble(),
        body.getDouble(),
        doubles(body, loads),
        doubles(body, loads),
        doubles(body, loads),
        doubles(body, loads * StationaryRow.SHARES.length),
        doubles(body, loads * StationaryRow.QUEUE_SHARES));
  }

  private static double[] doubles(ByteBuffer body, int length) {
    double[] values = new double[length];
    body.asDoubleBuffer().get(values);
    body.position(body.position() + length * Double.BYTES);
    return values;
  }

  /** The fingerprint of all code that decides a row, or which one is where. */
  static byte[] digest() throws IOException {
    return CodeDigest.of(SteadyStates.class, StationaryMeasurement.class, ShapePool.class);
  }
}
