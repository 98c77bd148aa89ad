/** Devices a pod computes on: types, how they are shared, what they cost and draw. */
package io.kiss.kisim.gpu;
