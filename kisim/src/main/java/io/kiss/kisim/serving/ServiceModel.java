package io.kiss.kisim.serving;

import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.gpu.DeviceType;

/**
 * All the request-level engine needs to know of one service's pods.
 *
 * @param name of the service
 * @param device what a pod computes on
 * @param sharing how pods share it
 * @param curve batch times
 * @param noise how they scatter
 * @param batching the dynamic batcher
 * @param itemsPerRequest items one request carries
 * @param startUp start and end of a pod
 */
public record ServiceModel(
    String name,
    DeviceType device,
    DeviceSharing sharing,
    BatchCurve curve,
    ServiceNoise noise,
    DynamicBatching batching,
    int itemsPerRequest,
    StartUp startUp) {

  public ServiceModel {
    if (itemsPerRequest < 1) {
      throw new IllegalArgumentException(
          name + ": itemsPerRequest must be at least 1, not " + itemsPerRequest);
    }
  }

  /**
   * Requests per second one pod sustains with full batches, while all pods of its device are busy.
   */
  public double podCapacity() {
    int batch = batching.maxBatch();
    double items = (double) batch * itemsPerRequest;
    double host = curve.hostSeconds(items);
    double device = curve.deviceSeconds(items) / sharing.speed();
    int instances = batching.instances();
    double byInstances = instances * batch / (host + device);
    double together = Math.min(instances, this.device.parallelism());
    double byDevice = device == 0 ? Double.POSITIVE_INFINITY : batch * together / device;
    if (sharing instanceof DeviceSharing.TimeSliced sliced) {
      byDevice *= (1 - sliced.switchOverhead()) / sliced.pods();
    }
    return Math.min(byInstances, byDevice);
  }

  /** Latency of a lone request on an idle pod, seconds. */
  public double loneLatencySeconds() {
    return curve.hostSeconds(itemsPerRequest)
        + curve.deviceSeconds(itemsPerRequest) / sharing.speed();
  }
}
