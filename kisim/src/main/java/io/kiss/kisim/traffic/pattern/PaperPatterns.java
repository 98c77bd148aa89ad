package io.kiss.kisim.traffic.pattern;

import java.util.List;

/**
 * The four user populations of the KIS-S paper's experiments (arXiv 2507.07932): users of a closed
 * loop who think for 1..2 s, over an episode of {@link #EPISODE_SECONDS}.
 */
public final class PaperPatterns {
  /** Length of the paper's episodes, seconds. */
  public static final double EPISODE_SECONDS = 300;

  /** Names as the paper has them. */
  public static final List<String> NAMES = List.of("ramp", "spike", "periodic", "random");

  private PaperPatterns() {}

  /**
   * Users over time.
   *
   * @param name one of {@link #NAMES}
   * @param episodeSeconds length to stretch the pattern to
   * @param seed of the random pattern
   */
  public static LoadPattern named(String name, double episodeSeconds, long seed) {
    return switch (name) {
      case "ramp" -> LoadPatterns.ramp(1, 100, episodeSeconds, 20);
      case "spike" -> LoadPatterns.spike(10, 100, 0.3 * episodeSeconds, 0.7 * episodeSeconds);
      case "periodic" -> LoadPatterns.periodic(10, 100, episodeSeconds / 3);
      case "random" -> LoadPatterns.random(10, 100, 30, seed);
      default ->
          throw new IllegalArgumentException(
              "the paper has the patterns " + String.join(", ", NAMES) + ", not " + name);
    };
  }
}
