package io.kiss.kisim.calibrate;

/** Measurements that cannot be used, with the file, line and column at fault. */
public final class CalibrationException extends RuntimeException {
  public CalibrationException(String message) {
    super(message);
  }

  public CalibrationException(String message, Throwable cause) {
    super(message, cause);
  }
}
