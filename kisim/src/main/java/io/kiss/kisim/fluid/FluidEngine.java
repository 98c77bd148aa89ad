package io.kiss.kisim.fluid;

import io.kiss.kisim.engine.Engine;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.traffic.Demand;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * The fast engine: expectations over requests instead of requests, in steps of a second, so that
 * its cost does not depend on the request rate. Nothing is allocated between two resets.
 *
 * <p>Replicas share one queue. The variation of service times widens the waits, not the service
 * itself: a request takes the profile's service time and its wait.
 */
public final class FluidEngine implements Engine {
  private static final double FLAP_SECONDS = 600;
  private static final double SMALLEST_TAIL = 1e-4;

  /** Beyond these loads before second 0 the initial backlog would not be a steady state. */
  private static final double MOST_LOAD_BEFORE = 0.9;

  private static final int RATE_BEFORE_SECONDS = 60;

  private final FluidQueue queue = new FluidQueue();
  private final PodFleet pods = new PodFleet();
  private final ScrapeWindow scrapes = new ScrapeWindow();
  private final RunningTruth truth = new RunningTruth();

  private Scenario scenario;
  private Demand demand;
  private ServiceModel service;
  private CountSampler gauges;
  private double serviceTime;
  private int bucketWithoutDelay;
  private double slack;
  private double gpus;
  private double neededPerRequest;
  private int concurrency;

  private int now;
  private int ready;
  private int desired;
  private int lastDirection;
  private double lastChange;

  @Override
  public void reset(Scenario scenario, long seed) {
    this.scenario = scenario;
    UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(seed);
    gauges = new CountSampler(random);
    demand = scenario.traffic().demand(seed);
    service = scenario.service();
    serviceTime = service.loneLatencySeconds();
    bucketWithoutDelay = LatencyHistogram.bucketOf(serviceTime);
    slack = scenario.sloSeconds() - serviceTime;
    gpus = service.gpusPerPod();
    neededPerRequest = gpus / service.podCapacity();
    concurrency = FluidQueue.servers(service);

    TelemetrySettings telemetry = scenario.telemetry();
    now = -telemetry.rateWindowSeconds() - telemetry.scrapeSeconds();
    desired = scenario.initialReplicas();
    ready = desired;
    lastDirection = 0;
    lastChange = Double.NEGATIVE_INFINITY;
    pods.reset(scenario, random);
    queue.reset(scenario, demand, rateBefore(), desired, now);
    scrapes.reset(telemetry, random, now);
    scrapes.setReady(ready);
    while (now < 0) {
      second();
    }
    truth.reset(service.device());
  }

  private double rateBefore() {
    int seconds = Math.min(RATE_BEFORE_SECONDS, scenario.seconds());
    double sum = 0;
    for (int t = 0; t < seconds; t++) {
      sum += demand.rate(t, serviceTime);
    }
    double most = MOST_LOAD_BEFORE * desired * service.podCapacity();
    return Math.min(most, sum / seconds);
  }

  @Override
  public int timeSeconds() {
    return now;
  }

  @Override
  public void advance(int seconds) {
    int until = Math.min(now + seconds, scenario.seconds());
    while (now < until) {
      second();
    }
  }

  private void second() {
    pods.passTo(now);
    if (pods.ready() != ready) {
      ready = pods.ready();
      queue.setReplicas(ready);
      scrapes.setReady(ready);
    }
    double arriving = queue.rateAt(now);
    queue.step(now);
    now++;
    double late = answer(queue.served());
    truth.requests += arriving;
    truth.served += queue.served();
    truth.timedOut += queue.lost();
    truth.present = queue.present();
    truth.busyGpuSeconds += gpus * pods.ready() * busyGauge();
    truth.nodeGpuSeconds += gpus * pods.allocated();
    truth.violating += late + queue.lost();
    truth.gpuSeconds += gpus * pods.allocated();
    truth.neededGpuSeconds += neededPerRequest * arriving;
    scrapes.arrived(arriving);
    scrapes.completed(queue.served());
    if (scrapes.due(now)) {
      scrapes.scrape(now, queueGauge(), runningGauge(), busyGauge());
    }
  }

  /** Records the latencies of the requests answered in this second; returns those too late. */
  private double answer(double served) {
    double delay = queue.delaySeconds();
    double probability = queue.waitProbability();
    double scale = queue.waitScaleSeconds();
    truth.waitingSeconds += served * (delay + probability * scale);

    double least = serviceTime + delay;
    int bucket = delay == 0 ? bucketWithoutDelay : LatencyHistogram.bucketOf(least);
    double above = 1;
    if (probability > SMALLEST_TAIL) {
      double perScale = 1 / scale;
      double tail = probability * Math.exp((least - LatencyHistogram.edge(bucket)) * perScale);
      while (tail > SMALLEST_TAIL && bucket < LatencyHistogram.SIZE - 1) {
        record(bucket, served * (above - tail));
        above = tail;
        bucket++;
        tail = probability * Math.exp((least - LatencyHistogram.edge(bucket)) * perScale);
      }
    }
    record(bucket, served * above);

    double room = slack - delay;
    if (room < 0) {
      return served;
    }
    return scale > 0 ? served * probability * Math.exp(-room / scale) : 0;
  }

  private void record(int bucket, double requests) {
    truth.latencies.add(bucket, requests);
    truth.window.add(bucket, requests);
    scrapes.observe(bucket, requests);
  }

  /** The queue as a gauge shows it at one moment: a whole number around the expectation. */
  private double queueGauge() {
    double waiting = queue.waiting();
    double probability = queue.waitProbability();
    double capacity = ready * service.podCapacity();
    double spread = queue.waitScaleSeconds() * capacity;
    double excess = Math.max(0, waiting - probability * spread);
    double drawn = gauges.happens(probability) ? gauges.exponential(spread) : 0;
    return Math.rint(excess + drawn);
  }

  /** Requests in service: a server a piece, as many as are busy. */
  private double runningGauge() {
    return queue.utilisation() * ready * concurrency;
  }

  /** Share of time that at least one of a replica's streams was busy. */
  private double busyGauge() {
    double idle = 1 - queue.utilisation();
    return concurrency == 1 ? 1 - idle : 1 - Math.pow(idle, concurrency);
  }

  @Override
  public void setDesiredReplicas(int replicas) {
    int wanted = Math.max(1, Math.min(scenario.maxReplicas(), replicas));
    if (wanted == desired) {
      return;
    }
    int direction = Integer.signum(wanted - desired);
    if (direction == -lastDirection && now - lastChange < FLAP_SECONDS) {
      truth.flaps++;
    }
    lastDirection = direction;
    lastChange = now;
    desired = wanted;
    truth.scalingActions++;
    pods.setDesired(wanted, now);
  }

  @Override
  public void readTelemetry(TelemetryBuffer out) {
    out.timeSeconds = now;
    scrapes.read(now, scenario.sloSeconds(), out);
    out.desiredReplicas = desired;
    out.readyReplicas = pods.ready();
    out.pendingReplicas = pods.pending();
    out.unschedulableReplicas = 0;
    out.rolloutInProgress = false;
    for (int p = 0; p < out.pendingReplicas; p++) {
      out.pendingAgesSeconds[p] = now - pods.requestedAt(p);
    }
  }

  @Override
  public Truth truth() {
    return truth;
  }

  /** Requests that arrived and are neither answered nor lost. */
  public double requestsPresent() {
    return queue.present();
  }

  /** Share of the servers that are busy, 0..1. */
  public double utilisation() {
    return queue.utilisation();
  }
}
