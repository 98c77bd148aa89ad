/**
 * Autoscalers that decide on a live Deployment's telemetry without acting, and what that would have
 * cost: a counterfactual, estimated by the queueing sketch that rehearses rules.
 */
package io.kiss.kisim.autoscale.shadow;
