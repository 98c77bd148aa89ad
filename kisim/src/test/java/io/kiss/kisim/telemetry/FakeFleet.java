package io.kiss.kisim.telemetry;

import java.util.SplittableRandom;

/** Pods that come, serve at random, crash and go, watched by a {@link PodScraper}. */
final class FakeFleet {
  private static final long SECOND = 1_000_000_000L;
  private static final int PODS = 12;

  private enum State {
    ABSENT,
    SERVING,
    DEAD
  }

  final PodScraper scraper;
  private final TelemetrySettings settings;
  private final SplittableRandom random;
  private final State[] states = new State[PODS];
  private final double[] arrived = new double[PODS];
  private final double[][] answered;
  private final double[] busy = new double[PODS];
  private final double[] load = new double[PODS];
  private long now;

  FakeFleet(TelemetrySettings settings, long seed, long startNanos) {
    this.settings = settings;
    random = new SplittableRandom(seed);
    now = startNanos;
    scraper = new PodScraper(settings, this::expose, seed, startNanos);
    answered = new double[PODS][settings.bounds().buckets()];
    for (int p = 0; p < PODS; p++) {
      states[p] = State.ABSENT;
      if (p < PODS / 2) {
        begin(p);
      }
    }
  }

  private void begin(int pod) {
    arrived[pod] = 0;
    busy[pod] = 0;
    java.util.Arrays.fill(answered[pod], 0);
    load[pod] = random.nextDouble(0.1, 3);
    states[pod] = State.SERVING;
    scraper.serving(pod, now);
  }

  private void expose(int pod, PodMetrics out) {
    out.arrived = arrived[pod];
    System.arraycopy(answered[pod], 0, out.answered, 0, answered[pod].length);
    out.queued = Math.floor(5 * load[pod]);
    out.running = Math.ceil(load[pod]);
    out.busySeconds = busy[pod];
  }

  long nowNanos() {
    return now;
  }

  /** Lets time pass second by second. */
  void advanceTo(long until) {
    while (now < until) {
      long next = Math.min(until, now + SECOND / 4);
      while (scraper.nextNanos() <= next) {
        scraper.passTo(scraper.nextNanos());
      }
      now = next;
      for (int p = 0; p < PODS; p++) {
        live(p);
      }
    }
  }

  private void live(int pod) {
    double chance = random.nextDouble();
    switch (states[pod]) {
      case ABSENT -> {
        if (chance < 0.001) {
          begin(pod);
        }
      }
      case DEAD -> {
        if (chance < 0.01) {
          states[pod] = State.ABSENT;
          scraper.gone(pod);
        } else if (chance < 0.02) {
          // The container began anew in the same pod.
          begin(pod);
        }
      }
      case SERVING -> {
        serve(pod);
        if (chance < 0.0005) {
          states[pod] = State.ABSENT;
          scraper.gone(pod);
        } else if (chance < 0.001) {
          states[pod] = State.DEAD;
          if (random.nextBoolean()) {
            scraper.refusing(pod);
          } else {
            scraper.silent(pod);
          }
        } else if (chance < 0.0015) {
          begin(pod);
        }
      }
    }
  }

  private void serve(int pod) {
    int requests = random.nextInt(1 + (int) (4 * load[pod]));
    arrived[pod] += requests;
    busy[pod] += 0.25 * Math.min(1, load[pod] / 2);
    for (int r = 0; r < requests; r++) {
      double latency = -0.2 * load[pod] * Math.log(random.nextDouble());
      answered[pod][settings.bounds().bucketOf(latency)]++;
    }
  }
}
