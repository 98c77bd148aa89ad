package io.kiss.kisim.evaluate;

import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.autoscale.opponents.TuningGrid;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An autoscaler as an evaluation's command line names it: with settings, and possibly to be tuned,
 * as in {@code hpa:target=0.6}, {@code hpa:tuned} or {@code hpa:metric=gpu,tuned-here}.
 *
 * @param choice its settings as far as they are given
 * @param tuning what to do about the others
 */
public record EntrantText(AutoscalerChoice choice, Tuning tuning) {

  /** How settings that are not given come about. */
  public enum Tuning {
    /** They are the published defaults. */
    NONE(""),
    /** They are the best ones on the training scenarios. */
    TRAINING("tuned"),
    /** They are the best ones on the very trace, in hindsight. */
    HERE("tuned-here");

    private final String word;

    Tuning(String word) {
      this.word = word;
    }
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException with a sentence of what is known, where it is not, or of what
   *     can be tuned
   */
  public static EntrantText parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return new EntrantText(AutoscalerChoice.parse(text), Tuning.NONE);
    }
    List<String> settings = Arrays.asList(text.substring(colon + 1).split(",", -1));
    Tuning tuning = Tuning.NONE;
    for (Tuning each : List.of(Tuning.TRAINING, Tuning.HERE)) {
      if (settings.contains(each.word)) {
        if (tuning != Tuning.NONE
            || settings.indexOf(each.word) != settings.lastIndexOf(each.word)) {
          throw new IllegalArgumentException(text + ": is to be tuned twice");
        }
        tuning = each;
      }
    }
    if (tuning == Tuning.NONE) {
      return new EntrantText(AutoscalerChoice.parse(text), tuning);
    }
    String word = tuning.word;
    String rest =
        settings.stream().filter(each -> !each.equals(word)).collect(Collectors.joining(","));
    String name = text.substring(0, colon);
    EntrantText entrant =
        new EntrantText(AutoscalerChoice.parse(rest.isEmpty() ? name : name + ":" + rest), tuning);
    entrant.candidates();
    return entrant;
  }

  /** What to try: the choice alone, or the whole grid around it where it is to be tuned. */
  public List<AutoscalerChoice> candidates() {
    return tuning == Tuning.NONE ? List.of(choice) : TuningGrid.of(choice);
  }

  /** Name in results: what {@link #parse} reads. */
  @Override
  public String toString() {
    if (tuning == Tuning.NONE) {
      return choice.toString();
    }
    return choice + (choice.toString().contains(":") ? "," : ":") + tuning.word;
  }
}
