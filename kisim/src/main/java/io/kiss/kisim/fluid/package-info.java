/**
 * The fluid engine: expectations over requests instead of requests, at a cost that does not depend
 * on their number. What it knows of a service in a steady state it measured on the request-level
 * engine.
 */
package io.kiss.kisim.fluid;
