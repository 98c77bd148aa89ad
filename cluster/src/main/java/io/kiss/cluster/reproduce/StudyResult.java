package io.kiss.cluster.reproduce;

import io.kiss.kisim.evaluate.Interval;
import io.kiss.kisim.paper.PaperPattern;
import java.util.List;
import java.util.Optional;

/**
 * All that a study found.
 *
 * @param command that found it
 * @param settings how much was done
 * @param constants what the released code's constants earn
 * @param checks whether actions matter
 * @param trainings of the paper's agent
 * @param players everybody who played the four patterns
 * @param kiscaler which policy KIScaler played with, or why it did not
 */
record StudyResult(
    String command,
    StudySettings settings,
    List<Constant> constants,
    List<ActionCheck.Outcome> checks,
    List<Training> trainings,
    List<Player> players,
    String kiscaler) {

  /**
   * A reward of constants.
   *
   * @param formula what the paper's reward is of them
   * @param plotted what its plotting script shows
   */
  record Constant(PaperPattern pattern, double formula, double plotted) {}

  /**
   * A way of training.
   *
   * @param key short name
   * @param about it, in words
   * @param episodes each agent played
   * @param steps each agent took
   * @param updates of each agent's weights
   * @param window episodes at either end that are compared
   * @param first mean return of the first window, over agents
   * @param last mean return of the last one
   * @param gain of the last over the first
   * @param curve mean return over agents of each 1/25 of the episodes, and the lowest and highest
   *     agent {@code [points][3]}
   */
  record Training(
      String key,
      String about,
      int seeds,
      int episodes,
      int steps,
      int updates,
      int window,
      Interval first,
      Interval last,
      Interval gain,
      double[][] curve) {}

  /**
   * Somebody who played.
   *
   * @param key short name
   * @param about it, in words
   * @param cells one a pattern
   */
  record Player(String key, String about, List<Cell> cells) {
    Cell on(PaperPattern pattern) {
      return cells.get(pattern.ordinal());
    }
  }

  /**
   * How somebody fared on a pattern.
   *
   * @param reward of an episode
   * @param p95Ms of an episode
   * @param faster p95 of fixed CPU-only replicas over this one's: how many times lower it is
   * @param throughput answers a second
   * @param unanswered requests an episode
   * @param gpuHours held in an episode
   * @param cpuPodHours held in an episode
   */
  record Cell(
      PaperPattern pattern,
      Interval reward,
      Interval p95Ms,
      Interval faster,
      double throughput,
      double unanswered,
      double gpuHours,
      double cpuPodHours) {}

  /** The player of this name. */
  Optional<Player> player(String key) {
    return players.stream().filter(player -> player.key().equals(key)).findFirst();
  }
}
