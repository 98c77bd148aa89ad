/**
 * What outlives a node: training run, policies and decisions in tables of an embedded H2 file or of
 * PostgreSQL, beside the tables of Akka Persistence. No method blocks its caller: JDBC runs on a
 * dispatcher of its own.
 */
package io.kiss.cluster.journal;
