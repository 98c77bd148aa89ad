package io.kiss.learner.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PpoSettingsTest {
  private final Config defaults = ConfigFactory.parseResources("reference.conf");

  @Test
  void theDefaultsAreThoseOfTheRecipe() {
    PpoSettings settings = PpoSettings.from(defaults.resolve());
    assertThat(settings.hidden()).isEqualTo(List.of(64, 64));
    assertThat(settings.gamma()).isEqualTo(0.99);
    assertThat(settings.epochs()).isEqualTo(4);
    assertThat(settings.minibatch()).isEqualTo(4096);
  }

  @Test
  void learningRateAndEntropyBonusGoStraightFromStartToEnd() {
    String changes = "{learning-rate=0.5, learning-rate-end=0.25, entropy=0.8, entropy-end=0.4}";
    Config changed = ConfigFactory.parseString("kiss.learner " + changes);
    PpoSettings settings = PpoSettings.from(changed.withFallback(defaults).resolve());
    assertThat(settings.learningRateAt(0)).isEqualTo(0.5);
    assertThat(settings.learningRateAt(0.75)).isEqualTo(0.3125);
    assertThat(settings.learningRateAt(1)).isEqualTo(0.25);
    assertThat(settings.entropyAt(0)).isEqualTo(0.8);
    assertThat(settings.entropyAt(0.5)).isCloseTo(0.6, within(1e-12));
    assertThat(settings.entropyAt(1)).isEqualTo(0.4);
  }

  @ParameterizedTest
  @CsvSource({
    "gamma, 1.5",
    "gamma, NaN",
    "lambda, -0.1",
    "clip, 0",
    "epochs, 0",
    "minibatch, 0",
    "learning-rate, 0",
    "learning-rate-end, 1",
    "device, tpu",
    "engine, ' '",
    "hidden, [0]",
    "hidden, []",
    "entropy, -1",
    "rollback-kl, 0.01",
    "target-kl, -1",
    "anneal-steps, 0",
    "value-coefficient, 0",
    "max-gradient-norm, 0",
    "value-normaliser-rate, 0",
    "entropy-end, 2",
    "epochs, many"
  })
  void aWrongValueIsRefusedByTheNameOfItsKey(String key, String value) {
    String quoted = value.startsWith("[") ? value : "\"" + value + "\"";
    Config config =
        ConfigFactory.parseString("kiss.learner." + key + " = " + quoted)
            .withFallback(defaults)
            .resolve();
    assertThatThrownBy(() -> PpoSettings.from(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(key);
  }

  @Test
  void aMissingKeyIsNamed() {
    Config config = defaults.resolve().withoutPath("kiss.learner.clip");
    assertThatThrownBy(() -> PpoSettings.from(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("clip");
  }
}
