/** An evaluation as files: results for programs, and a page for people. */
package io.kiss.cluster.evaluate.report;
