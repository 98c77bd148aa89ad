/**
 * Real clusters behind {@link io.kiss.actors.live.ClusterPort}: objects are watched by informers, a
 * lease fences the writes, and replicas are set through the scale subresource. All calls run on a
 * pool of threads of their own.
 */
package io.kiss.cluster.kubernetes;
