/** Words and lines for people: widths of a terminal, spellings of keys. */
package io.kiss.kisim.text;
