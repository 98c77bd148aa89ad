package io.kiss.cluster.kubernetes;

/** A namespace has not been heard of for too long; watching it has to begin anew. */
final class StaleView extends RuntimeException {
  private static final long serialVersionUID = 1;

  StaleView(String message) {
    super(message);
  }
}
