/** Tests of what flags and files say of an evaluation. */
package io.kiss.cluster.evaluate;
