/** What an evaluation found, as reports and files need it. Knows nothing of how it was run. */
package io.kiss.kisim.evaluate.result;
