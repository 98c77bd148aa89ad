/**
 * KISim and the whole decision path: plain Java that knows neither Akka nor DJL.
 *
 * <p>Simulated time is in seconds, rates are in requests per second, and a measurement that is
 * missing is {@code NaN}: nothing here ever puts a constant in its place.
 */
package io.kiss.kisim;
