package io.kiss.kisim.fluid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiss.kisim.file.UnusableFileException;
import io.kiss.kisim.request.RequestEngine;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.StartUp;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SteadyStatesTest {
  private static byte[] resource() throws IOException {
    try (InputStream in = SteadyStates.class.getResourceAsStream(SteadyStates.RESOURCE)) {
      assertThat(in).as("what the build measured (phase process-classes)").isNotNull();
      return in.readAllBytes();
    }
  }

  @Test
  void aRowOfTheBuildHasTheBitsOfOneMeasuredNow() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int i = 0; i < 3; i++) {
      int shape = random.nextInt(ShapePool.size());
      double cv = random.nextBoolean() ? 1 : ShapePool.unevenCv(shape);
      int column = random.nextInt(StationaryTable.MEASURED.length);
      double seconds = 0.005 * Math.exp(6 * random.nextDouble());
      ServiceModel drawn = ShapePool.service(shape, seconds, StartUp.ofTotal(60, 0.2, 30));
      ServiceShape key = ServiceShape.of(drawn, ShapePool.routing(shape), cv);
      StationaryRow[] built = SteadyStates.of(key);
      assertThat(built).hasSize(StationaryTable.MEASURED.length);
      StationaryRow now = StationaryMeasurement.of(key, StationaryTable.MEASURED[column]);
      assertThat(built[column])
          .as("seed %d, shape %d, cv %s, %d pods", seed, shape, cv, now.pods())
          .usingRecursiveComparison()
          .isEqualTo(now);
    }
  }

  @Test
  void everyShapeOfThePoolIsInAndOthersAreNot() {
    assertThat(ShapePool.shapes()).doesNotHaveDuplicates().hasSize(2 * ShapePool.size());
    assertThat(ShapePool.shapes())
        .allSatisfy(shape -> assertThat(SteadyStates.of(shape)).doesNotContainNull().isNotEmpty());
    ServiceModel service = ShapePool.service(0, 1, StartUp.INSTANT);
    assertThat(SteadyStates.of(ServiceShape.of(service, Routing.RANDOM, 1))).isEmpty();
  }

  @Test
  void aTornForeignOrMissingResourceIsLeftAloneSoThatRowsAreMeasured() throws IOException {
    byte[] whole = resource();
    Random random = new Random(7);
    for (int i = 0; i < 4; i++) {
      byte[] torn = Arrays.copyOf(whole, random.nextInt(whole.length));
      assertThat(SteadyStates.load(new ByteArrayInputStream(torn))).isEmpty();
    }
    byte[] changed = whole.clone();
    changed[whole.length / 2] ^= 1;
    assertThat(SteadyStates.load(new ByteArrayInputStream(changed))).isEmpty();
    assertThat(SteadyStates.load(null)).isEmpty();
    assertThat(SteadyStates.load(new ByteArrayInputStream(whole))).hasSize(2 * ShapePool.size());
  }

  @Test
  void whatOtherCodeMeasuredIsRefused() throws IOException {
    byte[] other = SteadyStates.digest();
    other[31] ^= 1;
    byte[] whole = resource();
    assertThatThrownBy(() -> SteadyStates.decode(whole, other))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage("steady-states.bin was measured by other code than this");
  }

  @Test
  void theFingerprintCoversWhatTheMeasurementRunsOn() throws IOException {
    Map<String, byte[]> code = CodeDigest.closure(StationaryMeasurement.class);
    assertThat(code)
        .containsKeys(
            RequestEngine.class.getName().replace('.', '/'),
            "io/kiss/kisim/request/ServiceTimes",
            "io/kiss/kisim/serving/ServiceNoise$Kind",
            "io/kiss/kisim/traffic/pattern/OpenLoad",
            "org/HdrHistogram/Histogram",
            "org/apache/commons/rng/core/source64/XoRoShiRo128PlusPlus",
            "org/apache/commons/rng/sampling/distribution/ZigguratSampler")
        .doesNotContainKeys("java/lang/Object", "io/kiss/kisim/env/KisimEnvironment");
    assertThat(CodeDigest.of(StationaryMeasurement.class))
        .isNotEqualTo(CodeDigest.of(ShapePool.class, StationaryMeasurement.class));
  }
}
