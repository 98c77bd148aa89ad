package io.kiss.kisim.traffic;

import java.io.IOException;

/** A trace file that cannot be read as one; the message names file, line and what is wrong. */
public final class TraceFormatException extends IOException {
  private static final long serialVersionUID = 1;

  TraceFormatException(String file, long line, String what) {
    super(file + ", line " + line + ": " + what);
  }
}
