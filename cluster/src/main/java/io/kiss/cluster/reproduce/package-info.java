/** The KIS-S paper's study, done again on KISim: claim beside result. */
package io.kiss.cluster.reproduce;
