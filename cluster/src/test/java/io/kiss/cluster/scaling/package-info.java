/** The benchmarks behind {@code cluster/SCALING.md}. */
package io.kiss.cluster.scaling;
