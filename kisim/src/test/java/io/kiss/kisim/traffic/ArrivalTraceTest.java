package io.kiss.kisim.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArrivalTraceTest {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("trace.csv"), text.replace("|", "\n"));
  }

  @Test
  void readsPlainAndGzippedFilesAlikeWhateverTheyAreCalled() throws IOException {
    String text = "second,requests,prompt_tokens\n0,3,100\n60,0,0\n120,4.5,7\n";
    Path plain = Files.writeString(folder.resolve("plain.gz"), text);
    Path zipped = folder.resolve("zipped.csv");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    for (Path path : new Path[] {plain, zipped}) {
      ArrivalTrace trace = ArrivalTrace.read(path);
      assertThat(trace.name()).isIn("plain", "zipped");
      assertThat(trace.binSeconds()).isEqualTo(60);
      assertThat(trace.counts()).containsExactly(3, 0, 4.5);
      assertThat(trace.durationSeconds()).isEqualTo(180);
      assertThat(trace.meanRate()).isEqualTo(7.5 / 180);
    }
  }

  @Test
  void findsColumnsByTheirNamesInAnyOrder() throws IOException {
    assertThat(ArrivalTrace.read(file("tokens,requests,second|9,1,10|9,2,11|")).counts())
        .containsExactly(1, 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "'';1;the file is empty",
        "a,b|0,1|;1;must name the columns second and requests",
        "second,requests|;1;at least two rows",
        "second,requests|0,1|;2;at least two rows",
        "second,requests|0,1|1,-2|;3;must not be negative, but is -2",
        "second,requests|-1,1|0,2|;2;second must not be negative, but is -1",
        "second,requests|0,1|1,2|3,2|;4;expected second 2",
        "second,requests|0,1|2,2|1,2|;4;second 1 does not come after 2",
        "second,requests|0,1|1,NaN|;3;requests must be a finite number, but is NaN",
        "second,requests|0,1|1,Infinity|;3;must be a finite number",
        "second,requests|0,1|1,two|;3;requests must be a number, but is \"two\"",
        "second,requests|0,1|1|;3;the column requests is missing",
        "second,requests|0,1||2,1|;3;the column second is empty",
        "second,requests|0,1|1,1|1,1|;4;second 1 does not come after 1",
        "second,requests|5,1|4,1|;3;second 4 does not come after 5",
        "second,requests|0,1|1,1|2,1|4,1|;5;expected second 3 (bins of 1 s), found 4",
        "second,requests|0,1|0.5,1|;3;must last whole seconds",
      })
  void refusesWhatIsNoTraceWithFileAndLine(String text, int line, String what) throws IOException {
    Path path = file(text);
    assertThatThrownBy(() -> ArrivalTrace.read(path))
        .isInstanceOf(TraceFormatException.class)
        .hasMessageStartingWith(path + ", line " + line + ": ")
        .hasMessageContaining(what);
  }

  @Test
  void refusesATornGzipFile() throws IOException {
    Path zipped = folder.resolve("torn.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      out.write("second,requests\n0,1\n1,2\n".getBytes(StandardCharsets.UTF_8));
    }
    byte[] whole = Files.readAllBytes(zipped);
    Files.write(zipped, Arrays.copyOf(whole, whole.length - 12));
    assertThatThrownBy(() -> ArrivalTrace.read(zipped))
        .isInstanceOf(TraceFormatException.class)
        .hasMessageContaining("gzip stream is torn");
  }

  @Test
  void refusesBytesThatAreNoText() throws IOException {
    Path path = Files.write(folder.resolve("noise"), new byte[] {(byte) 0xff, (byte) 0xfe, 1, 2});
    assertThatThrownBy(() -> ArrivalTrace.read(path))
        .isInstanceOf(TraceFormatException.class)
        .hasMessageContaining("not UTF-8 text");
  }

  @Test
  void interpolatingCoarseBinsKeepsEveryBinsTotalAndNoRateBecomesNegative() {
    double[] counts = {0, 30, 600, 6, 0, 0, 90, 45};
    for (int bin : new int[] {1, 2, 3, 60, 61}) {
      float[] rates = new ArrivalTrace("t", bin, counts).ratesPerSecond();
      assertThat(rates).hasSize(bin * counts.length);
      for (int b = 0; b < counts.length; b++) {
        double sum = 0;
        for (int s = 0; s < bin; s++) {
          assertThat(rates[b * bin + s]).isNotNegative();
          sum += rates[b * bin + s];
        }
        assertThat(sum).as("bin %d of %d s", b, bin).isCloseTo(counts[b], within(1e-3));
      }
    }
  }

  @Test
  void aStraightTraceStaysStraight() {
    // Bins of 4 s holding the integral of rate(t) = t: 8, 24, 40, 56.
    float[] rates = new ArrivalTrace("t", 4, new double[] {8, 24, 40, 56}).ratesPerSecond();
    for (int s = 4; s < 12; s++) {
      assertThat((double) rates[s]).isCloseTo(s + 0.5, within(1e-5));
    }
  }

  @Test
  void scalingMovesTheBusiestMinuteToThePeakAndKeepsTheShape() {
    double[] counts = new double[300];
    Arrays.fill(counts, 1);
    Arrays.fill(counts, 100, 160, 5);
    ArrivalTrace scaled = new ArrivalTrace("t", 1, counts).scaledToPeak(20);
    assertThat(scaled.peakRate(60)).isCloseTo(20, within(1e-9));
    assertThat(scaled.counts()[0]).isCloseTo(4, within(1e-9));
  }

  @Test
  void aWindowTakesWholeBins() {
    ArrivalTrace trace = new ArrivalTrace("t", 10, new double[] {0, 1, 2, 3, 4});
    assertThat(trace.window(15, 35).counts()).containsExactly(1, 2, 3);
    assertThat(trace.window(20, 30).counts()).containsExactly(2);
    assertThat(trace.window(40, 999).counts()).containsExactly(4);
    assertThatThrownBy(() -> trace.window(50, 60)).hasMessageContaining("lasts 50 s");
  }

  @Test
  void readsThePublishedTraces() throws IOException {
    Path shared = Path.of("..", "..", "shared", "data", "traces");
    Path file = shared.resolve("azure_llm_2023_conv.csv.gz");
    Assumptions.assumeTrue(Files.isReadable(file), "skipped: no folder ../shared/data/traces");
    ArrivalTrace trace = ArrivalTrace.read(file);
    // data/README.md: 0.97 h, 5.5 requests/s.
    assertThat(trace.durationSeconds() / 3600.0).isCloseTo(0.97, within(0.005));
    assertThat(trace.meanRate()).isCloseTo(5.5, within(0.05));
  }
}
