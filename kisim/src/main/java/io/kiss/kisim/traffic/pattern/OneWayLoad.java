package io.kiss.kisim.traffic.pattern;

/** Requests that come whatever becomes of the earlier ones, one after the other. */
abstract class OneWayLoad implements Load {
  /** When the next request comes; {@link Long#MAX_VALUE}: never. */
  long next;

  /** Draws {@link #next}. */
  abstract void draw();

  @Override
  public final long nextNanos() {
    return next;
  }

  @Override
  public final int take() {
    draw();
    return 0;
  }

  @Override
  public final boolean closed() {
    return false;
  }

  @Override
  public final void answered(int tag, long nowNanos, boolean served) {
    throw new IllegalStateException("an open load does not wait for answers");
  }
}
