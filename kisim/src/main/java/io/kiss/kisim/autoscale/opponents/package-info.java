/**
 * The autoscalers people run, from their published algorithms, and the registry that makes them by
 * name. Each sees {@link io.kiss.kisim.telemetry.Telemetry} only, at its own period. A signal that
 * a service does not have, such as the KV cache of one that is no language model, is missing, and
 * the algorithm's own rule for missing metrics applies.
 */
package io.kiss.kisim.autoscale.opponents;
