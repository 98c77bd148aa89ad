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
 * @param timeoutSeconds longest wait in the queue
 * @param timeoutAction what happens after that
 */
record StationLimits(
    double unitSeconds,
    double unitsPerSecond,
    double mostPerPod,
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
    double most =
        limit == 0 ? Double.POSITIVE_INFINITY : limit + (double) batch * batching.instances();
    return new StationLimits(
        unit,
        1 / unit,
        most,
        timeout == 0 ? Double.POSITIVE_INFINITY : timeout,
        batching.timeoutAction());
  }

  double mostContent(int pods) {
    return pods * mostPerPod;
  }
}
