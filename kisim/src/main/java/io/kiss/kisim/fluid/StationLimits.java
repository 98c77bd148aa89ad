package io.kiss.kisim.fluid;

import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.TimeoutAction;

/**
 * What a pod's queue lets in and for how long.
 *
 * @param unitSeconds latency of a lone request, the unit of time of the curves
 * @param unitsPerSecond its inverse
 * @param mostPerPod requests a pod holds at most
 * @param fullPerPod requests in service in a pod whose queue is full
 * @param timeoutSeconds longest wait in the queue
 * @param timeoutAction what happens after that
 */
record StationLimits(
    double unitSeconds,
    double unitsPerSecond,
    double mostPerPod,
    double fullPerPod,
    double timeoutSeconds,
    TimeoutAction timeoutAction) {

  static StationLimits of(ServiceModel service) {
    double unit = service.loneLatencySeconds();
    DynamicBatching batching = service.batching();
    double timeout = batching.queueTimeoutSeconds();
    // Full queues let batches grow to the largest preferred size, without a delay also no further.
    int[] preferred = batching.preferredSizes();
    boolean greedy = batching.maxQueueDelaySeconds() > 0 || preferred.length == 0;
    int batch = greedy ? batching.maxBatch() : batching.largestPreferred();
    int limit = batching.queueLimit();
    double full = (double) batch * batching.instances();
    double most = limit == 0 ? Double.POSITIVE_INFINITY : limit + full;
    return new StationLimits(
        unit,
        1 / unit,
        most,
        full,
        timeout == 0 ? Double.POSITIVE_INFINITY : timeout,
        batching.timeoutAction());
  }

  /** Longest wait that pods let anybody have, whether by timeout or by queue limit, in units. */
  double patience(StationaryCurve curve) {
    double clearing = curve.pods * (mostPerPod - fullPerPod) / curve.capacity;
    return Math.min(clearing, timeoutSeconds * unitsPerSecond);
  }

  /** Whether a full queue turns requests away before their timeout does. */
  boolean limitComesFirst(StationaryCurve curve) {
    return patience(curve) < timeoutSeconds * unitsPerSecond;
  }

  double mostContent(int pods) {
    return pods * mostPerPod;
  }
}
