/**
 * Training on one machine, without an actor system: collectors on threads, the optimiser on the
 * caller's, and everything a run needs to go on after it was stopped.
 */
package io.kiss.cluster.train;
