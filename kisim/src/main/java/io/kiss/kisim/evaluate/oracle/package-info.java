/** The clairvoyant: what the cheapest path of replicas costs when all arrivals are known. */
package io.kiss.kisim.evaluate.oracle;
