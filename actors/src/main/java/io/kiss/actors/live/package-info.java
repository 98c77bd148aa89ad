/**
 * The ports a scaler stands behind: a cluster to scale, metrics to read, a clock to tick by, places
 * to keep decisions and policies. Kubernetes and Prometheus stand behind them in production, KISim
 * in the embedded demo. No implementation may block its caller.
 */
package io.kiss.actors.live;
