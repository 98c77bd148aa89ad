package io.kiss.kisim.evaluate.oracle;

import io.kiss.kisim.fluid.SteadyPods;

/**
 * What a second does to the requests of a number of ready pods that hold equally much: the fluid
 * engine's step ({@code Station}) without its object state, so that a search can take it from
 * anywhere. Requests that were put off after a timeout are counted as violating at once.
 */
final class Pool {
  private final Outlook outlook;
  private final SteadyPods pods;
  private final double[] contents;
  private final double[] flows;

  /** Content at a node and what is served in the second that ends there. */
  private final double[] totals;

  /** Share later than the SLO of those served at a node without a line. */
  private final double[] late;

  private final double capacity;
  private final double slo;
  private final double patience;
  private final double mostContent;
  private final int full;

  // What the last step found.
  double content;
  double line;
  double violating;

  Pool(Outlook outlook, SteadyPods pods) {
    this.outlook = outlook;
    this.pods = pods;
    slo = outlook.scenario.sloSeconds();
    contents = pods.contents();
    flows = pods.flows();
    capacity = pods.capacity();
    patience = pods.patience();
    mostContent = pods.mostContent();
    full = contents.length - 1;
    totals = new double[contents.length];
    late = new double[contents.length];
    for (int node = 0; node <= full; node++) {
      totals[node] = contents[node] + flows[node];
      late[node] = pods.laterThan(node, slo);
    }
  }

  double capacity() {
    return capacity;
  }

  /** Lets a second pass that begins with so many requests, of which a part stands in line. */
  void pass(int second, double here, double standing) {
    double arrived = outlook.arriving[second];
    double total = here + arrived;
    int node = below(totals, total);
    double served;
    double part;
    if (node < full) {
      part = (total - totals[node]) / (totals[node + 1] - totals[node]);
      served = flows[node] + part * (flows[node + 1] - flows[node]);
    } else {
      part = 0;
      served = capacity;
    }
    served = Math.min(total, served);
    content = total - served;
    violating = 0;
    double grown = Math.max(standing + arrived - capacity, content - contents[full]);
    if (grown > 0 || standing > 0 || content > mostContent) {
      standInLine(second, arrived, served, grown);
      return;
    }
    line = 0;
    int at = Math.min(node, full - 1);
    double to = node < full ? part : 1;
    violating = served * (late[at] + to * (late[at + 1] - late[at]));
  }

  private void standInLine(int second, double arrived, double served, double grown) {
    if (content > mostContent) {
      violating = content - mostContent;
      content = mostContent;
    }
    line = Math.max(0, Math.min(grown - violating, content));
    line = Math.max(line, content - pods.steadyRoom(arrived / capacity));
    double delay = line > 0 ? outlook.age(second, line) : 0;
    double steady = content - line;
    int node = Math.min(below(contents, steady), full - 1);
    double part = (steady - contents[node]) / (contents[node + 1] - contents[node]);
    part = Math.max(0, Math.min(1, part));
    if (patience < Double.POSITIVE_INFINITY) {
      delay = leaveOverdue(second, arrived, node, part, delay);
    }
    double room = slo - delay;
    if (room <= 0) {
      violating += served;
    } else {
      double here = pods.laterThan(node, room);
      violating += served * (here + part * (pods.laterThan(node + 1, room) - here));
    }
  }

  /** Those whose wait reaches its bound leave; what the delay is without them. */
  private double leaveOverdue(int second, double arrived, int node, double part, double waited) {
    double delay = waited;
    double longer =
        line > 0 ? Math.max(0, Math.min(patience, pods.fullService() - pods.service(node))) : 0;
    double room = patience + longer - delay;
    double atOnce = room - pods.wait(node);
    if (atOnce < 0 && line > 0) {
      double allowed = Math.max(0, delay + atOnce);
      double kept = Math.min(line, outlook.within(second, allowed));
      leave(line - kept);
      line = kept;
      delay = allowed;
      room = patience + longer - delay;
    }
    double here = pods.laterThan(node, room + pods.service(node));
    double next = pods.laterThan(node + 1, room + pods.service(node + 1));
    double overdue = here + part * (next - here);
    if (overdue > 0) {
      double leaving = Math.min(content, overdue * arrived);
      leave(leaving);
      line = Math.max(0, line - leaving);
    }
    return delay;
  }

  private void leave(double leaving) {
    content -= leaving;
    violating += leaving;
  }

  /** The last index at which a growing series is not above a value, or 0. */
  private static int below(double[] growing, double value) {
    int low = 0;
    int high = growing.length;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (growing[middle] <= value) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
