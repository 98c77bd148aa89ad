/** Environments to learn in: many at once, over arrays, without allocation per step. */
package io.kiss.kisim.env;
