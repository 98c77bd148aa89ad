package io.kiss.kisim.traffic;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/**
 * Kinds of traffic to draw. {@link #RAMP}, {@link #PERIODIC}, {@link #RANDOM} and {@link #SPIKE}
 * are the four of the KIS-S paper (arXiv 2507.07932); the others widen the mix, since what a policy
 * trains on decides what it can do.
 *
 * <p>Shapes are drawn at knots {@value #KNOT_SECONDS} s apart and are straight in between.
 */
public enum TrafficKind implements TrafficGenerator {
  /** A daily cycle with a second harmonic and noise, calm or as rough as small sites have it. */
  DIURNAL {
    @Override
    void draw(float[] knots, int count, UniformRandomProvider random) {
      double period = logUniform(random, 3600, 86400);
      double depth = random.nextDouble(0.2, 0.95);
      double second = random.nextDouble(0, 0.4);
      double phase = random.nextDouble(0, TWO_PI);
      double phase2 = random.nextDouble(0, TWO_PI);
      double step = TWO_PI * KNOT_SECONDS / period;
      for (int i = 0; i < count; i++) {
        double wave = Math.sin(phase + i * step) + second * Math.sin(phase2 + 2 * i * step);
        knots[i] = (float) Math.max(0.01, 1 + depth * wave / (1 + second));
      }
      multiplyNoise(knots, count, random, logUniform(random, 0.01, 0.6));
    }
  },

  /** A level with crowds of random size, width and frequency. */
  FLASH_CROWDS {
    @Override
    void draw(float[] knots, int count, UniformRandomProvider random) {
      DIURNAL.draw(knots, count, random);
      double between = logUniform(random, 300, 7200);
      double typicalSize = logUniform(random, 0.5, 12);
      double rise = logUniform(random, 5, 600);
      double fall = rise * logUniform(random, 1, 8);
      double next = exponential(random, between);
      while (next < (double) count * KNOT_SECONDS) {
        addCrowd(
            knots, count, next, typicalSize * logUniform(random, 0.4, 2.5), rise, fall, random);
        next += exponential(random, between);
      }
    }
  },

  /** A level with short tall spikes. */
  SPIKES {
    @Override
    void draw(float[] knots, int count, UniformRandomProvider random) {
      java.util.Arrays.fill(knots, 0, count, 1f);
      multiplyNoise(knots, count, random, logUniform(random, 0.02, 0.2));
      double between = logUniform(random, 120, 2400);
      double width = logUniform(random, 10, 300);
      double size = logUniform(random, 1, 10);
      double next = exponential(random, between);
      while (next < (double) count * KNOT_SECONDS) {
        int from = (int) (next / KNOT_SECONDS);
        int to = Math.min(count, from + 1 + (int) (exponential(random, width) / KNOT_SECONDS));
        float height = (float) (size * random.nextDouble(0.5, 1.5));
        for (int i = from; i < to; i++) {
          knots[i] += height;
        }
        next += exponential(random, between);
      }
    }
  },

  /** A Markov-modulated Poisson process's rate: two to five levels, each held for a while. */
  MARKOV_MODULATED {
    @Override
    void draw(float[] knots, int count, UniformRandomProvider random) {
      int levels = 2 + random.nextInt(4);
      double spread = logUniform(random, 1.5, 10);
      double hold = logUniform(random, 60, 3600);
      int i = 0;
      while (i < count) {
        float level = (float) Math.pow(spread, random.nextInt(levels) / (levels - 1.0));
        int to = Math.min(count, i + 1 + (int) (exponential(random, hold) / KNOT_SECONDS));
        java.util.Arrays.fill(knots, i, to, level);
        i = to;
      }
      multiplyNoise(knots, count, random, logUniform(random, 0.01, 0.1));
    }
  },

  /** A geometric random walk that is drawn back to its level. */
  RANDOM_WALK {
    @Override
    void draw(float[] knots, int count, UniformRandomProvider random) {
      java.util.Arrays.fill(knots, 0, count, 1f);
      double spread = random.nextDouble(0.15, 0.9);
      walkNoise(knots, count, random, spread, logUniform(random, 300, 14400));
    }
  },

  /** Work that comes in batches: on at a level, off at a fraction of it. */
  ON_OFF {
    @Override
    void draw(float[] knots, int count, UniformRandomProvider random) {
      double on = logUniform(random, 60, 2400);
      double off = logUniform(random, 60, 2400);
      float floor = (float) logUniform(random, 0.02, 0.6);
      boolean regular = random.nextBoolean();
      boolean busy = random.nextBoolean();
      int i = 0;
      while (i < count) {
        double mean = busy ? on : off;
        double length = regular ? mean : exponential(random, mean);
        int to = Math.min(count, i + 1 + (int) (length / KNOT_SECONDS));
        java.util.Arrays.fill(knots, i, to, busy ? 1f : floor);
        busy = !busy;
        i = to;
      }
      multiplyNoise(knots, count, random, logUniform(random, 0.01, 0.1));
    }
  },

  /** The paper's ramp: straight up from a low level, here repeated or turned around at random. */
  RAMP {
    @Override
    void draw(float[] knots, int count, UniformRandomProvider random) {
      int length = Math.max(2, (int) (count * random.nextDouble(0.2, 1)));
      double floor = logUniform(random, 0.01, 0.3);
      boolean down = random.nextInt(4) == 0;
      int offset = random.nextInt(length);
      for (int i = 0; i < count; i++) {
        double part = (i + offset) % length / (length - 1.0);
        knots[i] = (float) (floor + (1 - floor) * (down ? 1 - part : part));
      }
      multiplyNoise(knots, count, random, 0.03);
    }
  },

  /** The paper's sinusoid between a tenth and the whole of its peak. */
  PERIODIC {
    @Override
    void draw(float[] knots, int count, UniformRandomProvider random) {
      double period = logUniform(random, 100, 3600);
      double phase = random.nextDouble(0, TWO_PI);
      double step = TWO_PI * KNOT_SECONDS / period;
      for (int i = 0; i < count; i++) {
        knots[i] = (float) (0.55 + 0.45 * Math.sin(phase + i * step));
      }
      multiplyNoise(knots, count, random, 0.03);
    }
  },

  /** The paper's random load: a new level between a tenth and the whole every while. */
  RANDOM {
    @Override
    void draw(float[] knots, int count, UniformRandomProvider random) {
      int hold = Math.max(1, (int) (logUniform(random, 30, 600) / KNOT_SECONDS));
      for (int i = 0; i < count; i += hold) {
        float level = (float) random.nextDouble(0.1, 1);
        java.util.Arrays.fill(knots, i, Math.min(count, i + hold), level);
      }
    }
  },

  /** The paper's spike: low for 30 % of the time, tenfold for 40 %, low again. */
  SPIKE {
    @Override
    void draw(float[] knots, int count, UniformRandomProvider random) {
      int cycle = Math.max(10, (int) (logUniform(random, 300, 7200) / KNOT_SECONDS));
      int offset = random.nextInt(cycle);
      for (int i = 0; i < count; i++) {
        double part = (i + offset) % cycle / (double) cycle;
        knots[i] = part >= 0.3 && part < 0.7 ? 1f : 0.1f;
      }
      multiplyNoise(knots, count, random, 0.03);
    }
  };

  /** Distance of the knots at which shapes are drawn. */
  public static final int KNOT_SECONDS = 5;

  private static final double TWO_PI = 2 * Math.PI;

  /** Draws one value above zero at each knot. */
  abstract void draw(float[] knots, int count, UniformRandomProvider random);

  /** Knots of a stretch of {@code seconds}. */
  public static int knots(int seconds) {
    return (seconds + KNOT_SECONDS - 1) / KNOT_SECONDS;
  }

  /**
   * Fills the first {@link #knots} places with the rates at the knots, {@value #KNOT_SECONDS} s
   * apart; the highest is 1, none is negative.
   *
   * @param seconds length of the stretch, at least 1
   * @param random where the draw comes from: the same state gives the same traffic
   */
  public void fillKnots(float[] knots, int seconds, UniformRandomProvider random) {
    int count = knots(seconds);
    draw(knots, count, random);
    float highest = 0;
    for (int i = 0; i < count; i++) {
      highest = Math.max(highest, knots[i]);
    }
    float scale = 1 / highest;
    for (int i = 0; i < count; i++) {
      knots[i] *= scale;
    }
  }

  @Override
  public void fill(float[] rates, int seconds, UniformRandomProvider random) {
    // The knots are drawn into the front of the array and spread out from the back.
    fillKnots(rates, seconds, random);
    int count = knots(seconds);
    float after = rates[count - 1];
    for (int i = count - 1; i >= 0; i--) {
      float here = rates[i];
      int from = i * KNOT_SECONDS;
      int to = Math.min(seconds, from + KNOT_SECONDS);
      float slope = (after - here) / KNOT_SECONDS;
      for (int s = to - 1; s > from; s--) {
        rates[s] = here + slope * (s - from);
      }
      rates[from] = here;
      after = here;
    }
  }

  private static void multiplyNoise(
      float[] knots, int count, UniformRandomProvider random, double spread) {
    walkNoise(knots, count, random, spread, logUniform(random, 10, 300));
  }

  /** Multiplies by 1 + noise: an Ornstein-Uhlenbeck path of this deviation and memory. */
  private static void walkNoise(
      float[] knots, int count, UniformRandomProvider random, double spread, double memory) {
    ZigguratSampler.NormalizedGaussian gaussian = ZigguratSampler.NormalizedGaussian.of(random);
    double keep = Math.exp(-KNOT_SECONDS / memory);
    double fresh = spread * Math.sqrt(1 - keep * keep);
    double path = spread * gaussian.sample();
    for (int i = 0; i < count; i++) {
      knots[i] *= (float) (path > 0 ? 1 + path : 1 / (1 - path));
      path = keep * path + fresh * gaussian.sample();
    }
  }

  private static void addCrowd(
      float[] knots,
      int count,
      double start,
      double size,
      double rise,
      double fall,
      UniformRandomProvider random) {
    double width = logUniform(random, 0.5, 2);
    int from = (int) (start / KNOT_SECONDS);
    double riseKnots = Math.max(1, rise * width / KNOT_SECONDS);
    double decay = Math.exp(-KNOT_SECONDS / (fall * width));
    double height = 0;
    for (int i = from; i < count; i++) {
      if (i - from < riseKnots) {
        height = size * (i - from + 1) / riseKnots;
      } else {
        height *= decay;
        if (height < 0.01) {
          return;
        }
      }
      knots[i] += (float) height;
    }
  }

  private static double logUniform(UniformRandomProvider random, double low, double high) {
    return low * Math.exp(random.nextDouble() * Math.log(high / low));
  }

  private static double exponential(UniformRandomProvider random, double mean) {
    return -mean * Math.log1p(-random.nextDouble());
  }
}
