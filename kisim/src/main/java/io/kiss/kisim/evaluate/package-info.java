/** Autoscalers side by side on the same Deployments: what each costs, and whether that is luck. */
package io.kiss.kisim.evaluate;
