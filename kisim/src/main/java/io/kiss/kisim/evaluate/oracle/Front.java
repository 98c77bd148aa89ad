package io.kiss.kisim.evaluate.oracle;

/**
 * A few ways to have come to one number of replicas at one time, of which none is both dearer and
 * more crowded than another. A way's fields are in columns.
 */
final class Front {
  final double[] cost;
  final double[] content;
  final double[] line;

  /** Which way of the second before it goes on from. */
  final int[] from;

  int size;
  private final double perRequest;

  /**
   * An empty one.
   *
   * @param most ways it keeps
   * @param perRequest what having a request less can be worth, at most
   */
  Front(int most, double perRequest) {
    this.perRequest = perRequest;
    cost = new double[most];
    content = new double[most];
    line = new double[most];
    from = new int[most];
  }

  void clear() {
    size = 0;
  }

  /** Adds all ways of another, each dearer by so much. */
  void addAll(Front other, double dearer) {
    addAll(other, dearer, 0);
  }

  /** The same, and those with a line dearer by {@code inLine} more. */
  void addAll(Front other, double dearer, double inLine) {
    for (int i = 0; i < other.size; i++) {
      add(
          other.cost[i] + (other.line[i] > 0 ? dearer + inLine : dearer),
          other.content[i],
          other.line[i],
          other.from[i]);
    }
  }

  void add(double newCost, double newContent, double newLine, int newFrom) {
    for (int i = 0; i < size; i++) {
      if (cost[i] + perRequest * Math.max(0, content[i] - newContent) <= newCost) {
        return;
      }
    }
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (newCost + perRequest * Math.max(0, newContent - content[i]) > cost[i]) {
        set(kept++, cost[i], content[i], line[i], from[i]);
      }
    }
    size = kept;
    if (size < cost.length) {
      set(size++, newCost, newContent, newLine, newFrom);
      return;
    }
    replaceWorst(newCost, newContent, newLine, newFrom);
  }

  /** The cheapest stays in any case; of the others, goes the one that is dearest all in all. */
  private void replaceWorst(double newCost, double newContent, double newLine, int newFrom) {
    int worst = -1;
    double worstScore = newCost + 0.1 * perRequest * newContent;
    double least = newCost;
    for (int i = 0; i < size; i++) {
      least = Math.min(least, cost[i]);
    }
    if (newCost == least) {
      worstScore = Double.NEGATIVE_INFINITY;
    }
    for (int i = 0; i < size; i++) {
      double score = cost[i] + 0.1 * perRequest * content[i];
      if (cost[i] > least && score > worstScore) {
        worst = i;
        worstScore = score;
      }
    }
    if (worst >= 0) {
      set(worst, newCost, newContent, newLine, newFrom);
    }
  }

  private void set(int i, double newCost, double newContent, double newLine, int newFrom) {
    cost[i] = newCost;
    content[i] = newContent;
    line[i] = newLine;
    from[i] = newFrom;
  }
}
