package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.opponents.ScalingRules.Policy;
import io.kiss.kisim.autoscale.opponents.ScalingRules.Select;
import java.util.ArrayDeque;

/**
 * What an HPA does with a wish: stabilisation windows, then policies, then limits
 * (pkg/controller/podautoscaler/horizontal.go). Windows and periods are open at their old end: what
 * is exactly that old no longer counts.
 */
final class HpaBehaviour {
  private record Wish(double timeSeconds, int replicas) {}

  private record Change(double timeSeconds, int pods) {}

  private final ScalingRules up;
  private final ScalingRules down;
  private final ArrayDeque<Wish> wishes = new ArrayDeque<>();
  private final ArrayDeque<Change> changes = new ArrayDeque<>();

  HpaBehaviour(ScalingRules up, ScalingRules down) {
    this.up = up;
    this.down = down;
  }

  /** At first sight of a workload its replicas count as a wish, so that it keeps them a while. */
  void sees(double now, int current) {
    if (wishes.isEmpty()) {
      wishes.add(new Wish(now, current));
    }
  }

  /** The replicas to set; takes them for set. */
  int apply(double now, int current, int wish, int least, int most) {
    int wanted = stabilise(now, current, wish);
    int replicas = current;
    if (wanted > current) {
      int limit = Math.max(current, upLimit(now, current));
      replicas = Math.min(wanted, Math.min(limit, most));
    } else if (wanted < current) {
      int limit = Math.min(current, downLimit(now, current));
      replicas = Math.max(wanted, Math.max(limit, least));
    }
    changed(now, current, replicas);
    return replicas;
  }

  /** Remembers a change that was made past the rules, to come back inside the limits. */
  void changed(double now, int from, int to) {
    if (to != from) {
      changes.addLast(new Change(now, to - from));
    }
    double oldest = now - Math.max(up.longestPeriod(), down.longestPeriod());
    while (!changes.isEmpty() && changes.getFirst().timeSeconds() <= oldest) {
      changes.removeFirst();
    }
  }

  private int stabilise(double now, int current, int wish) {
    int lowest = wish;
    int highest = wish;
    double upFrom = now - up.stabilisationSeconds();
    double downFrom = now - down.stabilisationSeconds();
    for (Wish earlier : wishes) {
      if (earlier.timeSeconds() > upFrom) {
        lowest = Math.min(lowest, earlier.replicas());
      }
      if (earlier.timeSeconds() > downFrom) {
        highest = Math.max(highest, earlier.replicas());
      }
    }
    wishes.addLast(new Wish(now, wish));
    while (wishes.getFirst().timeSeconds() <= Math.min(upFrom, downFrom) && wishes.size() > 1) {
      wishes.removeFirst();
    }
    return Math.min(Math.max(current, lowest), highest);
  }

  private int upLimit(double now, int current) {
    if (up.select() == Select.DISABLED) {
      return current;
    }
    int limit = up.select() == Select.MIN ? Integer.MAX_VALUE : Integer.MIN_VALUE;
    for (Policy policy : up.policies()) {
      int start = current - changeSince(now - policy.periodSeconds());
      double most = policy.percent() ? start * (1 + policy.value() / 100) : start + policy.value();
      int allowed = HpaFormula.ceil(most);
      limit = up.select() == Select.MIN ? Math.min(limit, allowed) : Math.max(limit, allowed);
    }
    return limit;
  }

  private int downLimit(double now, int current) {
    if (down.select() == Select.DISABLED) {
      return current;
    }
    int limit = down.select() == Select.MIN ? Integer.MIN_VALUE : Integer.MAX_VALUE;
    for (Policy policy : down.policies()) {
      int start = current - changeSince(now - policy.periodSeconds());
      double least = policy.percent() ? start * (1 - policy.value() / 100) : start - policy.value();
      int allowed = (int) Math.floor(least + 1e-9);
      limit = down.select() == Select.MIN ? Math.max(limit, allowed) : Math.min(limit, allowed);
    }
    return limit;
  }

  private int changeSince(double time) {
    int pods = 0;
    for (Change change : changes) {
      if (change.timeSeconds() > time) {
        pods += change.pods();
      }
    }
    return pods;
  }
}
