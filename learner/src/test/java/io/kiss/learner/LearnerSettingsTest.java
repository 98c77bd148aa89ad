package io.kiss.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;

class LearnerSettingsTest {

  @Test
  void theReferenceIsValid() {
    assertThat(LearnerSettings.from(ConfigFactory.load()).maxLag()).isEqualTo(1);
  }

  @Test
  void aValueThatMakesNoSenseIsNamedWithItsKey() {
    assertThatThrownBy(
            () ->
                LearnerSettings.from(
                    ConfigFactory.parseString("kiss.learner.max-lag = 2")
                        .withFallback(ConfigFactory.load())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kiss.learner.max-lag is 2, but must be 0 or 1");
  }
}
