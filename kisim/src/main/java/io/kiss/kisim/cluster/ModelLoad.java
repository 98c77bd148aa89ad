package io.kiss.kisim.cluster;

import io.kiss.kisim.time.Delay;

/** How long servers took to load their model: published measurements, with their source. */
public enum ModelLoad {
  /** Loading of an ONNX model, and from the first log line until HTTP listens: medians. */
  MOBILENET_TRITON(
      Delay.constant(0.106 + 0.142),
      "MobileNetV4, Triton 24.04, RTX 3080, 9 loads: KISim results/baseline/metrics/pod_logs (MIT)"),

  /** From a cold page cache. */
  OPT_6_7B_SAFETENSORS_A5000(Delay.lognormalFromQuantiles(4.986, 6.707), Sources.A5000),

  /** From a cold page cache. */
  OPT_6_7B_SERVERLESSLLM_A5000(Delay.lognormalFromQuantiles(1.057, 1.986), Sources.A5000),

  /** From a cold page cache. */
  LLAMA_3_1_8B_SAFETENSORS_H100(Delay.lognormalFromQuantiles(4.529, 6.034), Sources.H100),

  /** From a cold page cache. */
  LLAMA_3_1_8B_SERVERLESSLLM_H100(Delay.lognormalFromQuantiles(0.675, 0.696), Sources.H100),

  /** From a cold page cache. */
  QWEN3_32B_SAFETENSORS_H100(Delay.lognormalFromQuantiles(20.645, 23.592), Sources.H100),

  /** From a cold page cache. */
  QWEN3_32B_SERVERLESSLLM_H100(Delay.lognormalFromQuantiles(3.234, 3.339), Sources.H100),

  /** With the weights in the page cache. */
  QWEN3_32B_SAFETENSORS_CACHED_H100(
      Delay.lognormalFromQuantiles(12.407, 12.591),
      "5 loads: ServerlessLLM/ServerlessLLM@9f50241baa benchmarks/results/h100_2025/cached"
          + " (Apache-2.0)"),

  /** Download 61 s, weights 33, compilation 52, CUDA graphs 54, engine and imports 94. */
  LLAMA_3_1_8B_VLLM_L40S(Delay.constant(61 + 33 + 52 + 54 + 94), Sources.TENSORFUSE),

  /** All stages with everything cached. */
  LLAMA_3_1_8B_VLLM_CACHED_L40S(Delay.constant(82), Sources.TENSORFUSE),

  /** In production. */
  STABLE_DIFFUSION(
      Delay.lognormalFromQuantiles(22.7, 45.4),
      "7531 loads: alibaba/clusterdata cluster-trace-v2026-GenAI, GenTD26 (facts only)"),

  /** In production. */
  STABLE_DIFFUSION_LORA(
      Delay.lognormalFromQuantiles(4.38, 6.77),
      "27415 loads: alibaba/clusterdata cluster-trace-v2026-GenAI, GenTD26 (facts only)");

  private static final class Sources {
    private static final String A5000 =
        "30 loads: ServerlessLLM/ServerlessLLM@9f50241baa benchmarks/results/a5000_2024"
            + " (Apache-2.0)";
    private static final String H100 =
        "30 loads: ServerlessLLM/ServerlessLLM@9f50241baa benchmarks/results/h100_2025/random"
            + " (Apache-2.0)";
    private static final String TENSORFUSE =
        "one start, reported: tensorfuse.io/docs/blogs/reducing_gpu_cold_start (facts only)";
  }

  private final Delay delay;
  private final String source;

  ModelLoad(Delay delay, String source) {
    this.delay = delay;
    this.source = source;
  }

  /**
   * From the server process running until it would answer a probe: log-normal through median and 95
   * % quantile where these are known, else the typical time.
   */
  public Delay delay() {
    return delay;
  }

  /** Who measured it, and how often. */
  public String source() {
    return source;
  }
}
