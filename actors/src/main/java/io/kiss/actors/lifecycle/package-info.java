/**
 * How a candidate policy gets from a canary share of the scalers to all of them, or back: pure
 * functions of what was observed, without actors, clocks or randomness.
 */
package io.kiss.actors.lifecycle;
