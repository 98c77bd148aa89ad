/** Files that are either whole or refused with a sentence. */
package io.kiss.kisim.file;
