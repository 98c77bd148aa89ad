/** What people type and what they see. */
package io.kiss.cluster.cli;
