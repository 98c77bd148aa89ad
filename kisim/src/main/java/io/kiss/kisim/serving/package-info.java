/**
 * How a pod serves: its profile and batch curve, Triton's dynamic batching, the Service's routing.
 */
package io.kiss.kisim.serving;
