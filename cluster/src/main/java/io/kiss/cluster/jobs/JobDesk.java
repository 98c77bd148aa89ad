package io.kiss.cluster.jobs;

/**
 * Where jobs are taken on.
 *
 * @param queue of this node
 * @param library of what requests may name
 */
public record JobDesk(JobQueue queue, Library library) {}
