package io.kiss.kisim.traffic.pattern;

/**
 * Where requests come from. Open loads know their arrivals beforehand; closed ones send a user's
 * next request some time after the last was answered.
 */
public interface Load {

  /** What {@link #take} returns when an event of the load itself was due and nothing arrives. */
  int NOTHING = -1;

  /**
   * When the next request reaches the Service or the load has something to do itself, nanoseconds;
   * {@link Long#MAX_VALUE}: never, unless something is answered first.
   */
  long nextNanos();

  /**
   * Lets that happen.
   *
   * @return the tag of the request that reaches the Service now, or {@link #NOTHING}
   */
  int take();

  /** Whether {@link #answered} is to be called. */
  boolean closed();

  /**
   * The request with this tag left the Service.
   *
   * @param served whether it was answered with a result
   */
  void answered(int tag, long nowNanos, boolean served);
}
