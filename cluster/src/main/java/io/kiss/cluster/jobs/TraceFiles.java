package io.kiss.cluster.jobs;

import io.kiss.kisim.traffic.ArrivalTrace;
import java.io.IOException;
import java.nio.file.Path;

/** Reads traces on behalf of a request. */
final class TraceFiles {
  private TraceFiles() {}

  static ArrivalTrace read(String field, Path file) {
    try {
      return ArrivalTrace.read(file);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          field + ": " + file.getFileName() + " cannot be read as a trace", e);
    }
  }
}
