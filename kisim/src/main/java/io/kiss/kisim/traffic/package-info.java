/** Arrivals: recorded traces, and generators of shapes to train on. */
package io.kiss.kisim.traffic;
