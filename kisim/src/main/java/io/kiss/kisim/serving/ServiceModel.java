package io.kiss.kisim.serving;

import io.kiss.kisim.gpu.DeviceKind;
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
   * Pods of independent servers, one request each: the plainest service there is.
   *
   * @param seconds mean service time
   * @param servers in a pod
   */
  public static ServiceModel ofServers(
      String name, double seconds, int servers, ServiceNoise noise, StartUp startUp) {
    DeviceType device =
        new DeviceType(name, DeviceKind.GPU, 16, 0, 0, 1, servers, "independent servers");
    BatchCurve curve =
        new BatchCurve(new double[] {1}, new double[] {0}, new double[] {seconds}, false);
    return new ServiceModel(
        name,
        device,
        new DeviceSharing.Exclusive(),
        curve,
        noise,
        DynamicBatching.greedy(1, servers),
        1,
        startUp);
  }

  /** The same with other stages of a pod's start and end. */
  public ServiceModel with(StartUp other) {
    return new ServiceModel(name, device, sharing, curve, noise, batching, itemsPerRequest, other);
  }

  /** The same on devices shared in another way. */
  public ServiceModel with(DeviceSharing other) {
    return new ServiceModel(name, device, other, curve, noise, batching, itemsPerRequest, startUp);
  }

  /** The same with another batcher. */
  public ServiceModel with(DynamicBatching other) {
    return new ServiceModel(name, device, sharing, curve, noise, other, itemsPerRequest, startUp);
  }

  /** Devices that a pod is charged for: below 1 where pods share one. */
  public double gpusPerPod() {
    return (double) sharing.unitsPerPod() / DeviceSharing.UNITS;
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
