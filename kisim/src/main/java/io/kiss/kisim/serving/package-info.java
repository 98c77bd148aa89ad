/** What a replica of a service can do. */
package io.kiss.kisim.serving;
