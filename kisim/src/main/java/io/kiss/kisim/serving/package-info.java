/** How a pod serves: its batch curve, Triton's dynamic batching, and the Service's routing. */
package io.kiss.kisim.serving;
