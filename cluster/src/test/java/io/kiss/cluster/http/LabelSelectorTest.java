package io.kiss.cluster.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelSelectorTest {

  /** From the Kubernetes documentation on labels and selectors, and the corners of its grammar. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "app=resnet50",
        "app==resnet50",
        "tier != frontend",
        "environment in (production, qa)",
        "tier notin (frontend,backend)",
        "partition",
        "!partition",
        "partition,environment notin (qa)",
        "environment=production,tier!=frontend,!canary",
        "app.kubernetes.io/name=web",
        "empty=",
        "x in (a,)"
      })
  void whatKubernetesTakesIsTaken(String selector) {
    assertThat(LabelSelector.isValid(selector)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(((",
        "app=a,",
        ",app=a",
        "=a",
        "app=a b",
        "app=-a",
        "app in a",
        "app in (a",
        "app in (a b)",
        "app notin",
        "!app=a",
        "app===a",
        "-app",
        "a/b/c=d",
        "Upper.example/app=a",
        "app=0123456789012345678901234567890123456789012345678901234567890123"
      })
  void whatKubernetesRefusesIsRefused(String selector) {
    assertThat(LabelSelector.isValid(selector)).isFalse();
  }
}
