package io.kiss.actors.protocol;

/**
 * What one replica of a service can do; known beforehand, as from {@code conf/profiles}.
 *
 * @param name of the profile
 * @param serviceTimeSeconds latency of a lone request on an idle replica
 * @param replicaCapacity requests per second one ready replica sustains
 * @param startupSeconds from asking for a replica until it is ready
 */
public record ServiceProfile(
    String name, double serviceTimeSeconds, double replicaCapacity, double startupSeconds)
    implements ControlMessage {}
