/** What Prometheus and the Kubernetes API show of one Deployment at one tick. */
package io.kiss.kisim.telemetry;
