/**
 * Service profiles and simulation scenarios in HOCON, and one simulation run from them. What a file
 * says that is unknown or impossible is refused with file, line and key.
 */
package io.kiss.kisim.scenario;
