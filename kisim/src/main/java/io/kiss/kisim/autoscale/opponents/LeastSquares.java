package io.kiss.kisim.autoscale.opponents;

/** Ordinary least squares by the normal equations, for a handful of columns. */
final class LeastSquares {
  private LeastSquares() {}

  /**
   * Coefficients that fit {@code rows · c} to {@code values} best.
   *
   * @param rows {@code [observations × columns]}; no column gives no coefficient
   * @return {@code [columns]}, or null where the columns depend on each other
   */
  static double[] solve(double[][] rows, double[] values) {
    int columns = rows[0].length;
    double[][] system = new double[columns][columns + 1];
    for (int r = 0; r < rows.length; r++) {
      for (int i = 0; i < columns; i++) {
        for (int j = 0; j < columns; j++) {
          system[i][j] += rows[r][i] * rows[r][j];
        }
        system[i][columns] += rows[r][i] * values[r];
      }
    }
    for (int pivot = 0; pivot < columns; pivot++) {
      int best = pivot;
      for (int i = pivot + 1; i < columns; i++) {
        best = Math.abs(system[i][pivot]) > Math.abs(system[best][pivot]) ? i : best;
      }
      double[] swapped = system[best];
      system[best] = system[pivot];
      system[pivot] = swapped;
      if (!(Math.abs(swapped[pivot]) > 1e-12)) {
        return null;
      }
      for (int i = 0; i < columns; i++) {
        double factor = i == pivot ? 0 : system[i][pivot] / swapped[pivot];
        for (int j = pivot; j <= columns; j++) {
          system[i][j] -= factor * swapped[j];
        }
      }
    }
    double[] solution = new double[columns];
    for (int i = 0; i < columns; i++) {
      solution[i] = system[i][columns] / system[i][i];
    }
    return solution;
  }
}
