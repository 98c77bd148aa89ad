/** Simulated time in whole nanoseconds, and the order of events in it. */
package io.kiss.kisim.time;
