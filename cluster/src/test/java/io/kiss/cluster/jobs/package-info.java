/** Tests of jobs. */
package io.kiss.cluster.jobs;
