/**
 * The actors that scale: one sharded entity a namespace, one child a Deployment. The entity does
 * all the talking to cluster, metrics and journal; the child holds the scaler and its memory.
 */
package io.kiss.actors.scaler;
