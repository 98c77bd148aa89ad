package io.kiss.learner.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ActorCriticTest {
  private final ActorCritic network =
      ActorCritic.of(new NetworkShape("o", 5, "a", 4), List.of(8, 6));

  @Test
  void firstMatricesHaveOrthogonalRowsOrColumnsOfTheirGainAndBiasesAreZero() {
    float[] parameters = network.initialParameters(3);
    double[] gains = {Math.sqrt(2), Math.sqrt(2), 0.01};
    for (int l = 0; l < 3; l++) {
      ActorCritic.Layer layer = network.actorLayers().get(l);
      boolean wide = layer.in() >= layer.out();
      int vectors = Math.min(layer.in(), layer.out());
      for (int a = 0; a < vectors; a++) {
        for (int b = 0; b < vectors; b++) {
          double dot = 0;
          for (int k = 0; k < Math.max(layer.in(), layer.out()); k++) {
            dot += at(parameters, layer, wide, a, k) * at(parameters, layer, wide, b, k);
          }
          double expected = a == b ? gains[l] * gains[l] : 0;
          assertThat(dot).isCloseTo(expected, within(1e-6));
        }
      }
      for (int i = layer.bias(); i < layer.end(); i++) {
        assertThat(parameters[i]).isZero();
      }
    }
  }

  private static double at(
      float[] parameters, ActorCritic.Layer layer, boolean wide, int vector, int k) {
    int out = wide ? vector : k;
    int in = wide ? k : vector;
    return parameters[layer.from() + out * layer.in() + in];
  }

  @Test
  void theLayersTileTheWholeVectorActorFirst() {
    int end = 0;
    for (ActorCritic.Layer layer : network.actorLayers()) {
      assertThat(layer.from()).isEqualTo(end);
      end = layer.end();
    }
    assertThat(end).isEqualTo(network.actorSize());
    for (ActorCritic.Layer layer : network.criticLayers()) {
      assertThat(layer.from()).isEqualTo(end);
      end = layer.end();
    }
    assertThat(end).isEqualTo(network.size());
  }
}
