package io.kiss.kisim.serving;

/**
 * How the time of one batch scatters around its curve: a factor of mean 1.
 *
 * @param kind shape of the distribution
 * @param cv coefficient of variation of the factor; 1 for the exponential, 0 for none
 */
public record ServiceNoise(Kind kind, double cv) {

  /** Shape of the factor's distribution. */
  public enum Kind {
    DETERMINISTIC,
    EXPONENTIAL,
    LOGNORMAL
  }

  /** Every batch takes what the curve says. */
  public static final ServiceNoise NONE = new ServiceNoise(Kind.DETERMINISTIC, 0);

  /** Exponentially distributed times. */
  public static final ServiceNoise EXPONENTIAL = new ServiceNoise(Kind.EXPONENTIAL, 1);

  public ServiceNoise {
    boolean fits =
        switch (kind) {
          case DETERMINISTIC -> cv == 0;
          case EXPONENTIAL -> cv == 1;
          case LOGNORMAL -> cv > 0 && cv < Double.POSITIVE_INFINITY;
        };
    if (!fits) {
      throw new IllegalArgumentException(
          "a " + kind + " service time cannot have the coefficient of variation " + cv);
    }
  }

  /** Log-normally distributed times. */
  public static ServiceNoise lognormal(double cv) {
    return new ServiceNoise(Kind.LOGNORMAL, cv);
  }
}
