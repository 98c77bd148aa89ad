/** The KIS-S paper's own environment (arXiv 2507.07932), on KISim. */
package io.kiss.kisim.paper;
