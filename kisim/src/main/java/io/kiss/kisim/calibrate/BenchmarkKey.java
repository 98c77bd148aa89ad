package io.kiss.kisim.calibrate;

/** What a benchmark measured: rows with the same key are twins. */
record BenchmarkKey(String model, String gpu, String precision, String backend, String accel) {

  @Override
  public String toString() {
    return String.join(", ", model, gpu, precision, backend, accel.isEmpty() ? "-" : accel);
  }
}
