/**
 * The admin API, its event streams, the probes, the metrics and the web page. The table of {@link
 * io.kiss.cluster.http.Endpoint}s is the API; {@code openapi.yaml} describes it and a test holds
 * the two together.
 */
package io.kiss.cluster.http;
