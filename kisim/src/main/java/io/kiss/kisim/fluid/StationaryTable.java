package io.kiss.kisim.fluid;

import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The steady states of a shape for any number of pods: read where the build measured them, or
 * measured on the request-level engine when first asked for, and kept as long as the JVM lives. Any
 * thread may ask.
 */
final class StationaryTable {
  /** Numbers of pods that are measured; between two of them figures per pod go as a + b / pods. */
  static final int[] MEASURED = {1, 2, 4, 8, 16, 32, 64};

  private static final Map<ServiceShape, StationaryTable> KNOWN = new ConcurrentHashMap<>();

  private final ServiceShape shape;
  private final AtomicReferenceArray<StationaryRow> rows =
      new AtomicReferenceArray<>(MEASURED.length);

  /** By the number of pods; grows. */
  private volatile StationaryCurve[] curves = new StationaryCurve[0];

  private StationaryTable(ServiceShape shape) {
    this.shape = shape;
    StationaryRow[] built = SteadyStates.of(shape);
    for (int i = 0; i < built.length; i++) {
      rows.set(i, built[i]);
    }
  }

  /** The table of a service, whatever its time scale. */
  static StationaryTable of(ServiceModel service, Routing routing, double cv) {
    return KNOWN.computeIfAbsent(ServiceShape.of(service, routing, cv), StationaryTable::new);
  }

  /** The steady states of this many pods. */
  StationaryCurve curve(int pods) {
    StationaryCurve[] known = curves;
    StationaryCurve curve = pods < known.length ? known[pods] : null;
    return curve != null ? curve : makeCurve(pods);
  }

  private synchronized StationaryCurve makeCurve(int pods) {
    if (pods < curves.length && curves[pods] != null) {
      return curves[pods];
    }
    int length = Math.max(curves.length, Math.max(pods + 1, 16));
    StationaryCurve[] more = java.util.Arrays.copyOf(curves, length);
    more[pods] = make(pods);
    curves = more;
    return more[pods];
  }

  private StationaryCurve make(int pods) {
    if (shape.podsAreAlone()) {
      return new StationaryCurve(row(0), row(0), 1, pods);
    }
    int above = 0;
    while (above < MEASURED.length - 1 && MEASURED[above] < pods) {
      above++;
    }
    if (MEASURED[above] <= pods) {
      return new StationaryCurve(row(above), row(above), 1, pods);
    }
    double low = 1.0 / MEASURED[above - 1];
    double high = 1.0 / MEASURED[above];
    double part = (1.0 / pods - low) / (high - low);
    return new StationaryCurve(row(above - 1), row(above), part, pods);
  }

  private StationaryRow row(int index) {
    StationaryRow row = rows.get(index);
    if (row == null) {
      row = StationaryMeasurement.of(shape, MEASURED[index]);
      rows.set(index, row);
    }
    return row;
  }
}
