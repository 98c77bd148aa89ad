package io.kiss.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;

class RolloutSettingsTest {

  @Test
  void theReferenceIsValid() {
    assertThat(RolloutSettings.from(ConfigFactory.load()).chunkBytes()).isEqualTo(128 * 1024);
  }

  @Test
  void aChunkThatWouldNotFitIntoAFrameIsNamedWithItsKey() {
    assertThatThrownBy(
            () ->
                RolloutSettings.from(
                    ConfigFactory.parseString("kiss.rollout.chunk-bytes = 256 KiB")
                        .withFallback(ConfigFactory.load())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("kiss.rollout.chunk-bytes is 262144");
  }
}
