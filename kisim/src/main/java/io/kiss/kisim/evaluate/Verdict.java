package io.kiss.kisim.evaluate;

/** What two autoscalers' runs say about each other. */
public enum Verdict {
  /** The whole interval of the difference is below zero: it costs less. */
  BETTER,
  /** Zero lies inside the interval of the difference, or there is none. */
  TIE,
  /** The whole interval of the difference is above zero. */
  WORSE
}
