package io.kiss.learner.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AdamTest {
  @Test
  void takesTheStepsOfThePaperByHand() {
    float[] parameters = {1, -2};
    float[] first = new float[2];
    float[] second = new float[2];
    Adam.step(parameters, new float[] {0.5f, -4}, first, second, 1, 0.1, 1);
    // Step 1: m̂ = g and v̂ = g², so each parameter moves by 0.1 against its gradient's sign.
    assertThat(parameters[0]).isCloseTo(0.9f, within(1e-5f));
    assertThat(parameters[1]).isCloseTo(-1.9f, within(1e-5f));
    Adam.step(parameters, new float[] {-0.5f, -4}, first, second, 2, 0.1, 1);
    // Step 2, first parameter: m = 0.9*0.05 - 0.1*0.5 = -0.005, m̂ = -0.005/0.19; v̂ = 0.25.
    assertThat(parameters[0]).isCloseTo((float) (0.9 + 0.1 * (0.005 / 0.19) / 0.5), within(1e-5f));
    assertThat(parameters[1]).isCloseTo(-1.8f, within(1e-5f));
  }

  @Test
  void cutsAGradientToTheGlobalNormAndLeavesAShorterOneAlone() {
    assertThat(Adam.norm(new float[] {3, 0, -4})).isEqualTo(5);
    for (int n = 1; n < 12; n++) {
      float[] gradient = new float[n];
      for (int i = 0; i < n; i++) {
        gradient[i] = i + 1;
      }
      double squares = n * (n + 1) * (2 * n + 1) / 6.0;
      assertThat(Adam.norm(gradient)).as("1 to %d", n).isCloseTo(Math.sqrt(squares), within(1e-9));
    }
    assertThat(Adam.clipFactor(5, 0.5)).isEqualTo(0.1);
    assertThat(Adam.clipFactor(0.4, 0.5)).isEqualTo(1);
  }
}
