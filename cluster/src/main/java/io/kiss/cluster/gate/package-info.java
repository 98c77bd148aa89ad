/** The gate: what a policy has to show in simulation before scalers may try it. */
package io.kiss.cluster.gate;
