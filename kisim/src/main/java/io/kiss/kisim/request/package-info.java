/**
 * The request-level engine: every request exact, the reference that the fluid engine is held to.
 *
 * <p>Time is counted in whole nanoseconds, so that what is accumulated (requests in the system,
 * sojourn times, allocated device time) adds up exactly, not to rounding.
 */
package io.kiss.kisim.request;
