package io.kiss.kisim.time;

import java.math.BigInteger;

/** A 128-bit sum of integers and their products: exact where a long would overflow. */
public final class ExactSum {
  private long high;
  private long low;

  /** Adds {@code a * b}. */
  public void addProduct(long a, long b) {
    long productLow = a * b;
    long sum = low + productLow;
    long carry = Long.compareUnsigned(sum, productLow) < 0 ? 1 : 0;
    high += Math.multiplyHigh(a, b) + carry;
    low = sum;
  }

  /** Adds {@code value}. */
  public void add(long value) {
    long sum = low + value;
    high += (value >> 63) + (Long.compareUnsigned(sum, value) < 0 ? 1 : 0);
    low = sum;
  }

  /** The exact value. */
  public BigInteger exact() {
    return BigInteger.valueOf(high).shiftLeft(64).add(new BigInteger(Long.toUnsignedString(low)));
  }

  /** The nearest double. */
  public double doubleValue() {
    double unsignedLow = (low >>> 1) * 2.0 + (low & 1);
    return high * 0x1p64 + unsignedLow;
  }

  /** Back to zero. */
  public void clear() {
    high = 0;
    low = 0;
  }

  /** Copies {@code other} into this. */
  public void set(ExactSum other) {
    high = other.high;
    low = other.low;
  }

  /** This less {@code other}: the exact difference, rounded once. */
  public double minus(ExactSum other) {
    ExactSum difference = new ExactSum();
    difference.low = low - other.low;
    difference.high = high - other.high - (Long.compareUnsigned(low, other.low) < 0 ? 1 : 0);
    return difference.doubleValue();
  }
}
