/** A running node: command line, HTTP, Kubernetes, Prometheus and persistence. */
package io.kiss.cluster;
