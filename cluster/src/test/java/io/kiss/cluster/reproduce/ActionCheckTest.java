package io.kiss.cluster.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.paper.PaperPattern;
import io.kiss.kisim.paper.PaperRun;
import io.kiss.kisim.paper.ReleasedConstants;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whether the check tells rewards that depend on actions from those that do not. */
class ActionCheckTest {

  private static PaperRun run(double... terms) {
    double reward = Arrays.stream(terms).sum();
    return new PaperRun(PaperPattern.SPIKE, 1, reward, terms, 1, 1, 0, 0, 0);
  }

  @Test
  void constantsDoNotDependOnTheActions() {
    double constant = ReleasedConstants.episodeReward(PaperPattern.SPIKE);
    Map<String, List<PaperRun>> runs = new LinkedHashMap<>();
    for (String rule : List.of("a", "b", "c")) {
      runs.put(rule, List.of(run(0, 0, constant, 0, 0), run(0, 0, constant, 0, 0)));
    }
    ActionCheck.Outcome outcome = ActionCheck.of(Client.PAPER, PaperPattern.SPIKE, runs);
    assertThat(outcome.p()).isEqualTo(1);
    assertThat(outcome.depends()).isFalse();
    assertThat(outcome.shares()).containsOnly(0);
  }

  @Test
  void aRuleThatIsAlwaysBetterIsFoundOut() {
    double[][] rewards = new double[3][10];
    SplittableRandom random = new SplittableRandom(5);
    for (int e = 0; e < 10; e++) {
      double traffic = 10 * random.nextDouble();
      rewards[0][e] = traffic;
      rewards[1][e] = traffic + 0.1;
      rewards[2][e] = traffic;
    }
    // (1 of 3) to the tenth is the chance that it leads everywhere; there are three to lead.
    assertThat(ActionCheck.permutationTest(rewards)).isLessThan(0.001);
  }

  @Test
  void underTheNullThePValueIsUniform() {
    SplittableRandom random = new SplittableRandom(6);
    int small = 0;
    for (int trial = 0; trial < 60; trial++) {
      double[][] rewards = new double[3][6];
      for (double[] rule : rewards) {
        Arrays.setAll(rule, e -> random.nextDouble());
      }
      small += ActionCheck.permutationTest(rewards) < 0.5 ? 1 : 0;
    }
    // Binomial(60, 1/2): mean 30, standard deviation 3.9.
    assertThat(small).isBetween(16, 44);
  }

  @Test
  void theTermThatMakesTheSpreadGetsIt() {
    Map<String, List<PaperRun>> runs = new LinkedHashMap<>();
    for (int rule = 0; rule < 3; rule++) {
      List<PaperRun> each = new ArrayList<>();
      for (int e = 0; e < 4; e++) {
        each.add(run(0.3 * rule + e, 0.5, 0.1 * rule, 0, 0));
      }
      runs.put("rule " + rule, each);
    }
    ActionCheck.Outcome outcome = ActionCheck.of(Client.PAPER, PaperPattern.SPIKE, runs);
    // Slopes 0.3 and 0.1 on the same rule: 3/4 and 1/4 of the spread.
    assertThat(outcome.shares()[0]).isCloseTo(0.75, within(1e-9));
    assertThat(outcome.shares()[2]).isCloseTo(0.25, within(1e-9));
    assertThat(outcome.measuredShare()).isCloseTo(0.75, within(1e-9));
    assertThat(outcome.most() - outcome.least()).isCloseTo(0.8, within(1e-9));
  }
}
