/**
 * Live clusters as a node reaches them: Kubernetes and Prometheus by definition, the demo beside.
 */
package io.kiss.cluster.live;
