package io.kiss.kisim.evaluate.result;

/**
 * A trace or scenario that every autoscaler was run on.
 *
 * @param name unique in its evaluation
 * @param source file it was read from, as the command named it
 * @param fromSeconds where in the source it begins
 * @param seconds its length
 * @param factor its counts were multiplied by; 1 for a scenario
 * @param service profile of the pods
 * @param device they run on
 * @param sloSeconds latency a request should not exceed
 * @param startupSeconds mean time until a new pod is Ready
 * @param minReplicas lower limit
 * @param maxReplicas upper limit
 * @param initialReplicas ready at the start
 * @param replicaCapacity requests per second that one replica sustains
 * @param queueTimeoutSeconds longest wait in a pod's queue before a request is lost; 0: no limit
 */
public record TraceInfo(
    String name,
    String source,
    int fromSeconds,
    int seconds,
    double factor,
    String service,
    String device,
    double sloSeconds,
    double startupSeconds,
    int minReplicas,
    int maxReplicas,
    int initialReplicas,
    double replicaCapacity,
    double queueTimeoutSeconds) {}
