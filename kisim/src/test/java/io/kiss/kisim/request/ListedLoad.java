package io.kiss.kisim.request;

import io.kiss.kisim.traffic.pattern.Load;

/** Requests at given times, milliseconds. */
final class ListedLoad implements Load {
  private final double[] millis;
  private int next;

  ListedLoad(double... millis) {
    this.millis = millis;
  }

  @Override
  public long nextNanos() {
    return next < millis.length ? (long) (millis[next] * 1e6) : Long.MAX_VALUE;
  }

  @Override
  public int take() {
    next++;
    return 0;
  }

  @Override
  public boolean closed() {
    return false;
  }

  @Override
  public void answered(int tag, long nowNanos, boolean served) {
    throw new AssertionError("an open load is not told of answers");
  }
}
