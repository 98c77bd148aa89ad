/**
 * Autoscalers, and the one path by which KIScaler decides.
 *
 * <pre>Telemetry --ObservationEncoder--> float[] --PolicyNetwork--> action --Guardrails--> replicas
 * </pre>
 *
 * Rollout workers, the tournament and the live scalers all go through {@link
 * io.kiss.kisim.autoscale.ScalerCore}; there is no second encoder and no second clamp.
 */
package io.kiss.kisim.autoscale;
