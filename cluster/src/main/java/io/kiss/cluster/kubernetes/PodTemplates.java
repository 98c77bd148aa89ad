package io.kiss.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a pod asks for. */
final class PodTemplates {
  private PodTemplates() {}

  /**
   * GPUs of one pod, MIG slices counting as one each: those of its containers together, or of one
   * of its init containers where that is more, as the scheduler counts.
   */
  static int gpus(PodSpec pod) {
    int together = containers(pod.getContainers()).mapToInt(PodTemplates::gpus).sum();
    int first = containers(pod.getInitContainers()).mapToInt(PodTemplates::gpus).max().orElse(0);
    return Math.max(together, first);
  }

  private static Stream<Container> containers(List<Container> containers) {
    return containers == null ? Stream.empty() : containers.stream();
  }

  /** Extended resources have equal requests and limits, and a limit alone is enough. */
  private static int gpus(Container container) {
    ResourceRequirements resources = container.getResources();
    if (resources == null) {
      return 0;
    }
    return Math.max(gpus(resources.getLimits()), gpus(resources.getRequests()));
  }

  private static int gpus(Map<String, Quantity> amounts) {
    return amounts == null
        ? 0
        : amounts.entrySet().stream()
            .filter(amount -> isGpu(amount.getKey()))
            .mapToInt(amount -> amount.getValue().getNumericalAmount().intValue())
            .sum();
  }

  private static boolean isGpu(String resource) {
    return resource.equals("nvidia.com/gpu")
        || resource.equals("nvidia.com/gpu.shared")
        || resource.equals("amd.com/gpu")
        || resource.startsWith("nvidia.com/mig-");
  }
}
