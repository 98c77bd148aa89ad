package io.kiss.kisim.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationTest {
  private static final String OFFLINE =
      "model,gpu,precision,backend,accel,batch,concurrency,ips,avg_ms,p95_ms,"
          + "compute_input_ms,compute_infer_ms,compute_output_ms\n";
  private static final String ONLINE =
      "model,gpu,precision,backend,accel,batch,concurrency,ips,avg_ms,p95_ms,net_ms\n";

  @TempDir private Path folder;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  /** A batch of b takes 4 + b ms on the server and 0.5 ms beside it. */
  private Path lineOffline() throws IOException {
    StringBuilder csv = new StringBuilder(OFFLINE);
    for (int b : new int[] {1, 2, 4, 8}) {
      csv.append(
          "m,g,FP16,b,-,%d,1,%f,%f,,0.5,%f,0.5%n"
              .formatted(b, 1e3 * b / (4.5 + b), 4.5 + b, 3.0 + b));
    }
    return write("offline.csv", csv.toString());
  }

  @Test
  void twoGroupsOfClientsAlternateOnOneInstance() throws IOException {
    // 16 clients, batches of at most 8, no network: one batch runs while the other group waits, so
    // everybody waits for one batch of 8 and is served in the next: 2 x 12 ms, 8 each 12 ms.
    Path online = write("online.csv", ONLINE + "m,g,FP16,b,-,1,16,666.67,24,24,0\n");

    Calibration calibration = Calibration.run(lineOffline(), online);

    OnlinePrediction predicted = calibration.predictions().get(0).predicted();
    assertThat(predicted.throughput()).isCloseTo(8 / 0.012, within(2.0));
    assertThat(predicted.meanSeconds()).isCloseTo(0.024, within(1e-4));
    assertThat(predicted.p95Seconds()).isCloseTo(0.024, within(1e-4));
    assertThat(calibration.medianThroughputError()).isLessThan(0.01);
  }

  @Test
  void networkTimeOfALoneClientAddsToItsLatency() throws IOException {
    Path online = write("online.csv", ONLINE + "m,g,FP16,b,-,1,1,142.9,7,7,2\n");

    OnlinePrediction predicted =
        Calibration.run(lineOffline(), online).predictions().get(0).predicted();

    assertThat(predicted.meanSeconds()).isCloseTo(0.005 + 0.002, within(2e-4));
  }

  @Test
  void rowsWithoutAnOfflineTwinAreCountedAndLeftOut() throws IOException {
    Path online =
        write("online.csv", ONLINE + "m,g,FP16,b,-,1,4,500,8,8,0\nm,g,FP32,b,-,1,4,500,8,8,0\n");

    Calibration calibration = Calibration.run(lineOffline(), online);

    assertThat(calibration.onlineRows()).isEqualTo(2);
    assertThat(calibration.eligibleRows()).isEqualTo(1);
  }

  @Test
  void theFitNeverSeesOnlineThroughputOrLatency() throws IOException {
    String row = "m,g,FP16,b,-,1,16,%s,%s,%s,1.5\n";
    Path one = write("one.csv", ONLINE + row.formatted("600", "26", "27"));
    Path other = write("other.csv", ONLINE + row.formatted("6000", "2.6", "270"));

    OnlinePrediction first = Calibration.run(lineOffline(), one).predictions().get(0).predicted();
    OnlinePrediction second =
        Calibration.run(lineOffline(), other).predictions().get(0).predicted();

    assertThat(first).isEqualTo(second);
  }

  @Test
  void scatterThatNoCurveCanFollowIsABadFit() throws IOException {
    StringBuilder csv = new StringBuilder(OFFLINE);
    Random random = new Random(7);
    for (int b = 1; b <= 12; b++) {
      double ms = 1 + 100 * random.nextDouble();
      csv.append("m,g,FP16,b,-,%d,1,%f,%f,,0.1,%f,0.1%n".formatted(b, 1e3 * b / ms, ms, ms - 0.2));
    }
    Calibration calibration = Calibration.run(write("offline.csv", csv.toString()), null);

    assertThat(calibration.worseThan(0.25)).hasSize(1);
    assertThat(calibration.profiles(0.25)).doesNotContain("profiles.\"");
    assertThat(Calibration.run(lineOffline(), null).worseThan(0.25)).isEmpty();
  }

  @Test
  void timesThatJumpAtPowersOfTwoArePaddedBatches() throws IOException {
    StringBuilder csv = new StringBuilder(OFFLINE);
    for (int b : new int[] {1, 8, 10, 12, 16, 20, 24, 32}) {
      int padded = Math.max(8, Integer.highestOneBit(2 * b - 1));
      csv.append(
          "m,g,FP16,b,-,%d,1,%f,%d,,0,%d,0%n".formatted(b, 1e3 * b / padded, padded, padded));
    }
    OfflineFit fit = Calibration.run(write("offline.csv", csv.toString()), null).fits().get(0);

    assertThat(fit.curve().padded()).isTrue();
    assertThat(fit.curve().seconds(9)).isCloseTo(0.016, within(1e-9));
    assertThat(fit.curve().seconds(17)).isCloseTo(0.032, within(1e-9));
  }

  @Test
  void isotonicRegressionPoolsWhatRises() {
    assertThat(OfflineFit.falling(new double[] {5, 3, 4, 2, 3, 1}))
        .containsExactly(5, 3.5, 3.5, 2.5, 2.5, 1);
  }

  @Test
  void badFilesAreRefusedWithFileLineAndColumn() throws IOException {
    Path noColumn = write("a.csv", "model,gpu\nm,g\n");
    assertThatThrownBy(() -> Calibration.run(noColumn, null))
        .isInstanceOf(CalibrationException.class)
        .hasMessageContaining("a.csv: line 1: there is no column precision");
    Path notNumber = write("b.csv", OFFLINE + "m,g,FP16,b,-,one,1,100,10,,,,\n");
    assertThatThrownBy(() -> Calibration.run(notNumber, null))
        .hasMessageContaining("b.csv: line 2: batch is not a number that can be: one");
    Path shortLine = write("c.csv", OFFLINE + "m,g,FP16\n");
    assertThatThrownBy(() -> Calibration.run(shortLine, null))
        .hasMessageContaining("c.csv: line 2 has 3 cells where the header has 13");
    assertThatThrownBy(() -> Calibration.run(folder.resolve("none.csv"), null))
        .hasMessageContaining("there is no file")
        .hasMessageContaining("none.csv");
  }
}
