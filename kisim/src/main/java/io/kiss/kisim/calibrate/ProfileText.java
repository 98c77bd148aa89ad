package io.kiss.kisim.calibrate;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** Fits as service profiles in HOCON, in the form of {@code conf/profiles}. */
final class ProfileText {
  private ProfileText() {}

  static String of(List<OfflineFit> fits) {
    return "# Fitted by ./kiss calibrate. Prices, power, memory, start-up: none was measured; set"
        + " them.\n"
        + fits.stream().map(ProfileText::of).collect(Collectors.joining("\n"));
  }

  private static String of(OfflineFit fit) {
    double[] items = fit.curve().items();
    double instances = Double.isNaN(fit.instances()) ? 1 : fit.instances();
    return """

        profiles."%s" {
          device { name = "%s", kind = gpu }
          batching { max-batch = %d, instances = %d }
          curve {
            items = [%s]
            device-ms = [%s]
            padded = %s
            source = "fitted on %d offline rows, error %.1f %%"
          }
        }
        """
        .formatted(
            name(fit.key()),
            fit.key().gpu(),
            (long) items[items.length - 1],
            (long) instances,
            numbers(items, 1),
            numbers(fit.curve().deviceSeconds(), 1e3),
            fit.curve().padded(),
            fit.rows(),
            100 * fit.error());
  }

  private static String name(BenchmarkKey key) {
    return key.toString()
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z0-9]+", "-")
        .replaceAll("^-|-$", "");
  }

  private static String numbers(double[] values, double unit) {
    return DoubleStream.of(values)
        .mapToObj(value -> String.format(Locale.ROOT, "%.6g", value * unit))
        .collect(Collectors.joining(", "));
  }
}
