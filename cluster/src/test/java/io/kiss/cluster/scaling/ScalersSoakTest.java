package io.kiss.cluster.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.actors.live.DecisionRecord.Outcome;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@link ScalersSoak} for two minutes of the wall's clock, which are an hour of the scalers'. */
@Tag("slow")
class ScalersSoakTest {
  private static final int NAMESPACES = 5;
  private static final int DEPLOYMENTS = 20;
  private static final double ACCELERATION = 30;
  private static final double WALL_SECONDS = 120;

  /** What so many decisions would take if each left but a hundred bytes behind. */
  private static final long LEFT_BEHIND = 100;

  @Test
  void anHourOfDecisionsAndFaultsLeavesNothingBehind() throws Exception {
    ScalersSoak.Seen seen =
        ScalersSoak.run(
            NAMESPACES, DEPLOYMENTS, ACCELERATION, WALL_SECONDS, 20261126, Optional.empty());
    assertThat(seen.faults().values().stream().mapToInt(n -> n).sum()).isGreaterThan(5);
    assertThat(seen.outcomes().get(Outcome.APPLIED)).isPositive();
    assertThat(seen.decisions()).isGreaterThan(5000);
    int looks = seen.bytes().size();
    double decisionsAnHour = seen.decisions() / WALL_SECONDS * 3600;
    assertThat(looks).isGreaterThanOrEqualTo(4);
    assertThat(seen.bytesAnHour() - seen.uncertainty())
        .as("bytes an hour, of %s", seen.bytes())
        .isLessThan(LEFT_BEHIND * decisionsAnHour);
  }
}
