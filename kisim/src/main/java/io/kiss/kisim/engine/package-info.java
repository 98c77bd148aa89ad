/** Engines that simulate one Deployment: traffic in, telemetry and truth out. */
package io.kiss.kisim.engine;
