package io.kiss.cluster.http;

/**
 * Who sends a request.
 *
 * @param name of the token; {@code local} where there is no login
 */
record Caller(String name, Role role) {
  /** Whoever reaches a port without a login. */
  static final Caller LOCAL = new Caller("local", Role.OPERATOR);

  /** What a token allows. */
  enum Role {
    VIEWER,
    OPERATOR
  }
}
