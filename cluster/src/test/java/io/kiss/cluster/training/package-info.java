/** Workers and learner together. */
package io.kiss.cluster.training;
