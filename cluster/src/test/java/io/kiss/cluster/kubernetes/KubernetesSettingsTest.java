package io.kiss.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubernetesSettingsTest {
  private static final Config SHIPPED = ConfigFactory.load().getConfig("kiss.kubernetes");

  @Test
  void theShippedSettingsHoldAndEndBeforeTheScalerGivesUp() {
    KubernetesSettings settings = KubernetesSettings.from(SHIPPED);
    Duration scaler = ConfigFactory.load().getDuration("kiss.live.port-timeout");
    assertThat(settings.callTimeout()).isLessThan(scaler);
    assertThat(settings.kinds()).containsExactly("deployments.apps", "statefulsets.apps");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kinds = []                 | kinds must name at least one
          kinds = [Deployment/apps]  | not 'Deployment/apps'
          threads = 0                | threads must be at least 1, not 0
          attempts = 0               | attempts must be at least 1, not 0
          request-timeout = 0s       | request-timeout must be above 0
          call-timeout = 0s          | call-timeout must be above 0
          backoff = 0s               | backoff must be above 0
          idle-after = 0s            | idle-after must be above 0
          watch-refresh = 500ms      | watch-refresh must be at least 1 s
          stale-after = 20s          | must be longer than watch-refresh
          lease-duration = 7s        | must be longer than lease-margin
          """)
  void aValueThatCannotWorkIsRefusedByItsKey(String change, String sentence) {
    Config changed = ConfigFactory.parseString(change).withFallback(SHIPPED);
    assertThatThrownBy(() -> KubernetesSettings.from(changed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("kiss.kubernetes.")
        .hasMessageContaining(sentence);
  }
}
