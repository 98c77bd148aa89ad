package io.kiss.kisim.traffic.pattern;

/** A rate that is constant over segments, read one segment after the other. */
public interface RateProcess {

  /** Goes on to the next segment; called before the first one too. */
  void next();

  /** Requests per second in this segment. */
  double rate();

  /** When this segment ends, seconds; infinite for the last. */
  double endSeconds();
}
