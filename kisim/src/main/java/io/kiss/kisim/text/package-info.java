/** Words and lines for people: widths of a terminal, spellings of keys; and JSON for programs. */
package io.kiss.kisim.text;
