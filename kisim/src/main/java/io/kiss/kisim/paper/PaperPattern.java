package io.kiss.kisim.paper;

import io.kiss.kisim.traffic.pattern.LoadPattern;
import io.kiss.kisim.traffic.pattern.PaperPatterns;
import java.util.Locale;

/**
 * The paper's four traffic patterns, each with the figures its reward compares with: what the paper
 * measured of its GPU and its CPU Deployment.
 */
public enum PaperPattern {
  RAMP(5800, 6700, 10.3, 10.2, false),
  SPIKE(370, 470, 6.4, 5.7, true),
  PERIODIC(2300, 2300, 11.5, 12.1, false),
  RANDOM(2600, 5100, 10.4, 10.8, true);

  private final double latencyMs;
  private final double throughput;
  private final boolean prefersGpu;

  PaperPattern(
      double gpuMs, double cpuMs, double gpuThroughput, double cpuThroughput, boolean prefersGpu) {
    latencyMs = prefersGpu ? gpuMs : (gpuMs + cpuMs) / 2;
    throughput = prefersGpu ? gpuThroughput : (gpuThroughput + cpuThroughput) / 2;
    this.prefersGpu = prefersGpu;
  }

  /** p95 below which the reward grows, milliseconds: {@code Lb}. */
  public double baselineMs() {
    return latencyMs;
  }

  /** Throughput above which the reward grows, requests per second: {@code Tb}. */
  public double baselineThroughput() {
    return throughput;
  }

  /** Whether the reward's efficiency is the GPUs' share of the replicas, else their balance. */
  public boolean prefersGpu() {
    return prefersGpu;
  }

  /** Name as the paper has it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Users over time in an episode. */
  LoadPattern users(int episodeSeconds, long seed) {
    return PaperPatterns.named(label(), episodeSeconds, seed);
  }
}
