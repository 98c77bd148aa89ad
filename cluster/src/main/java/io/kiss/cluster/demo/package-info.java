/**
 * The embedded cluster {@code local}: Deployments that live in KISim in accelerated time, behind
 * the same ports that Kubernetes and Prometheus stand behind.
 */
package io.kiss.cluster.demo;
