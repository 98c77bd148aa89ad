package io.kiss.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.actors.protocol.EpisodeSummary;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FiguresTest {
  private static final long SECOND = 1_000_000_000L;

  private static Figures figures(int episodes) {
    return new Figures(
        new LearnerSettings(
            1,
            0,
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            1,
            Duration.ofSeconds(10),
            episodes));
  }

  @Test
  void theRateIsThatOfTheWindowAlone() {
    Figures figures = figures(100);
    figures.startRate(0);
    assertThat(figures.stepsPerSecond(0)).isZero();
    figures.addSteps(2 * SECOND, 100);
    assertThat(figures.stepsPerSecond(2 * SECOND)).isEqualTo(50);
    // 100 steps a second for 20 s, then 300: after another 20 s only the latter show.
    for (int t = 3; t <= 20; t++) {
      figures.addSteps(t * SECOND, 100);
    }
    for (int t = 21; t <= 40; t++) {
      figures.addSteps(t * SECOND, 300);
    }
    assertThat(figures.stepsPerSecond(40 * SECOND)).isCloseTo(300, within(1e-9));
    assertThat(figures.stepsPerSecond(80 * SECOND)).isLessThan(61);
  }

  @Test
  void episodesBeyondTheWindowAreForgotten() {
    Figures figures = figures(10);
    figures.addEpisodes(new EpisodeSummary(5, 50, 5, 1));
    figures.addEpisodes(EpisodeSummary.NONE);
    figures.addEpisodes(new EpisodeSummary(6, 6, 3, 2));
    assertThat(figures.episodes()).isEqualTo(new EpisodeSummary(11, 56, 8, 3));
    figures.addEpisodes(new EpisodeSummary(4, 8, 1, 1));
    assertThat(figures.episodes()).isEqualTo(new EpisodeSummary(10, 14, 4, 3));
  }
}
