/**
 * Who gets the GPUs where not all wishes can be met: pure functions of wishes and a budget, valued
 * by the queueing model that {@link io.kiss.kisim.autoscale.QueueingRule} uses.
 */
package io.kiss.kisim.autoscale.budget;
