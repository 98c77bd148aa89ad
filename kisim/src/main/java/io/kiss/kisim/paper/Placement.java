package io.kiss.kisim.paper;

/**
 * The third of the paper's choices: where requests should go. Its released code notes the choice
 * and does nothing with it; here it is the share of the requests that the GPU Deployment gets.
 */
public enum Placement {
  PREFER_GPU(0.8),
  BALANCED(0.5),
  PREFER_CPU(0.2);

  private final double gpuShare;

  Placement(double gpuShare) {
    this.gpuShare = gpuShare;
  }

  /** Share of the requests that go to the GPU Deployment, 0..1. */
  public double gpuShare() {
    return gpuShare;
  }
}
