/**
 * Counterfactual replay: what another policy, or a classical autoscaler, would have decided on the
 * telemetry that decisions' records keep.
 */
package io.kiss.actors.replay;
