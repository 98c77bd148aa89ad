package io.kiss.learner.ppo;

/**
 * Adam on the flat parameter vector, with the gradient cut to a global norm before.
 *
 * <p>In plain Java: the vector is small, an engine would pay a call for every array of it, and so
 * every engine takes the same steps.
 *
 * @see <a href="https://arxiv.org/abs/1412.6980">Kingma and Ba, Adam: A Method for Stochastic
 *     Optimization</a>
 */
final class Adam {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-5;

  private Adam() {}

  /** Euclidean norm of the whole gradient; in four sums, since one would wait for itself. */
  static double norm(float[] gradient) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 4 <= gradient.length; i += 4) {
      a += square(gradient[i]);
      b += square(gradient[i + 1]);
      c += square(gradient[i + 2]);
      d += square(gradient[i + 3]);
    }
    for (; i < gradient.length; i++) {
      a += square(gradient[i]);
    }
    return Math.sqrt(a + b + c + d);
  }

  private static double square(double x) {
    return x * x;
  }

  /** The factor that cuts a gradient of this norm to {@code limit}. */
  static double clipFactor(double norm, double limit) {
    return norm > limit ? limit / norm : 1;
  }

  /**
   * Takes one step.
   *
   * @param step counted from 1
   * @param first running mean of the gradient, kept by the caller
   * @param second running mean of its square, kept by the caller
   * @param factor applied to the gradient before
   */
  static void step(
      float[] parameters,
      float[] gradient,
      float[] first,
      float[] second,
      long step,
      double learningRate,
      double factor) {
    float rate = (float) (learningRate / (1 - Math.pow(BETA1, step)));
    float correction = (float) (1 / (1 - Math.pow(BETA2, step)));
    float scale = (float) factor;
    for (int i = 0; i < parameters.length; i++) {
      float g = gradient[i] * scale;
      first[i] += (float) (1 - BETA1) * (g - first[i]);
      second[i] += (float) (1 - BETA2) * (g * g - second[i]);
      float root = (float) Math.sqrt(second[i] * correction);
      parameters[i] -= rate * first[i] / (root + (float) EPSILON);
    }
  }
}
