/** What a service can do, told from what is observed of it while it serves. */
package io.kiss.kisim.estimate;
