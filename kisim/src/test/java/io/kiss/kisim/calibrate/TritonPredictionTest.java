package io.kiss.kisim.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The engine beside measured Triton servers: fitted offline, put to the test online. */
class TritonPredictionTest {

  @Test
  void predictsTheOnlineSweepFromTheOfflineOne() {
    Optional<Path> offline = SharedData.profile("triton_offline_static_batch.csv");
    Optional<Path> online = SharedData.profile("triton_online_dynamic_batch.csv");
    assumeTrue(offline.isPresent(), "skipped: no folder with the measured Triton sweeps");

    Calibration calibration = Calibration.run(offline.get(), online.get());

    System.out.println(CalibrationReport.of(calibration));
    assertThat(calibration.onlineRows()).isEqualTo(448);
    assertThat(calibration.eligibleRows()).isEqualTo(384);
    assertThat(calibration.medianThroughputError()).isLessThanOrEqualTo(0.10);
    assertThat(calibration.medianP95Error()).isLessThanOrEqualTo(0.15);
  }
}
