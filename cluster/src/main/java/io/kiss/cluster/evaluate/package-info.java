/** Evaluations as a user asks for them: what flags and files say, and what is kept on the way. */
package io.kiss.cluster.evaluate;
