package io.kiss.cluster.prometheus;

/** Why a query has no answer, as a clause that follows the server's name: "refused …". */
final class QueryFailure extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final int LONGEST = 200;

  private final boolean passing;

  private QueryFailure(String clause, boolean passing) {
    super(clause);
    this.passing = passing;
  }

  /** Trying again may help. */
  static QueryFailure passing(String clause) {
    return new QueryFailure(clause, true);
  }

  /** It would be the same again. */
  static QueryFailure lasting(String clause) {
    return new QueryFailure(clause, false);
  }

  boolean isPassing() {
    return passing;
  }

  /** What a server says, fit for a sentence: one line, not too long. */
  static String quoted(String text) {
    String line = text.replaceAll("\\s+|\\p{Cntrl}", " ").strip();
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
  }
}
