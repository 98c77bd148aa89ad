/** What must be right before a node can start, and the one sentence said where it is not. */
package io.kiss.cluster.boot;
