/**
 * Where requests come from: how load changes over time, and open, closed and replayed arrivals
 * drawn from that.
 */
package io.kiss.kisim.traffic.pattern;
