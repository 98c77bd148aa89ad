/** Work that takes longer than an answer: what-if runs, one after the other, with a result kept. */
package io.kiss.cluster.jobs;
