package io.kiss.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Where the registry of policies has to be after orders: by the rules of the API, not by the
 * controller's code.
 *
 * @param policies registered, oldest first
 * @param line of champions that were not taken back, the one in force last
 * @param tried by a share of the scalers, beside the champion
 * @param rejected taken back since they last became champion
 * @param pins policies by whom they are pinned to
 * @param history a word and a policy for each term, in their order
 */
record RegistryModel(
    List<String> policies,
    List<String> line,
    Optional<String> tried,
    Set<String> rejected,
    Map<String, String> pins,
    List<String> history,
    long term,
    boolean paused) {

  static final RegistryModel EMPTY =
      new RegistryModel(
          List.of(), List.of(), Optional.empty(), Set.of(), Map.of(), List.of(), 0, false);

  /** A namespace that is pinned, and one of its Deployments. */
  private static final List<String> TARGETS = List.of("local/demo", "local/demo/resnet50");

  RegistryModel {
    policies = List.copyOf(policies);
    line = List.copyOf(line);
    rejected = Set.copyOf(rejected);
    pins = Map.copyOf(pins);
    history = List.copyOf(history);
  }

  enum Kind {
    REGISTER,
    /** To all at once. */
    PROMOTE,
    /** To a share first. */
    CANARY,
    ROLLBACK,
    PIN,
    UNPIN,
    PAUSE,
    RESUME
  }

  /**
   * Something to be done.
   *
   * @param policy empty: none in particular
   * @param target of a pin
   */
  record Order(Kind kind, String policy, String target) {}

  Optional<String> champion() {
    return line.isEmpty() ? Optional.empty() : Optional.of(line.get(line.size() - 1));
  }

  /** The same after an order. */
  RegistryModel with(Order order) {
    Work after = new Work(this);
    String policy = order.policy();
    switch (order.kind()) {
      case REGISTER -> after.policies.add(policy);
      case PROMOTE -> {
        after.line.add(policy);
        after.tried = Optional.empty();
        after.rejected.remove(policy);
        after.change("PROMOTION " + policy);
      }
      case CANARY -> {
        after.tried = Optional.of(policy);
        after.change("CANARY " + policy);
      }
      case ROLLBACK -> {
        after.rejected.add(policy);
        if (tried.isPresent()) {
          after.tried = Optional.empty();
          after.change("WITHDRAWN " + policy);
        } else {
          after.line.remove(after.line.size() - 1);
          after.change("ROLLBACK " + after.line.get(after.line.size() - 1));
        }
      }
      case PIN -> {
        after.pins.put(order.target(), policy);
        after.change("PIN " + policy);
      }
      case UNPIN -> after.change("UNPIN " + after.pins.remove(order.target()));
      case PAUSE, RESUME -> {
        after.paused = order.kind() == Kind.PAUSE;
        after.history.add(order.kind() + " ");
      }
    }
    return after.done();
  }

  /** One on its way to the next. */
  private static final class Work {
    private final List<String> policies;
    private final List<String> line;
    private Optional<String> tried;
    private final Set<String> rejected;
    private final Map<String, String> pins;
    private final List<String> history;
    private long term;
    private boolean paused;

    Work(RegistryModel from) {
      policies = new ArrayList<>(from.policies);
      line = new ArrayList<>(from.line);
      tried = from.tried;
      rejected = new HashSet<>(from.rejected);
      pins = new HashMap<>(from.pins);
      history = new ArrayList<>(from.history);
      term = from.term;
      paused = from.paused;
    }

    void change(String what) {
      term++;
      history.add(what);
    }

    RegistryModel done() {
      return new RegistryModel(policies, line, tried, rejected, pins, history, term, paused);
    }
  }

  /**
   * Something that is allowed.
   *
   * @param scales whether a namespace is acted upon: else nothing can be tried, and nobody pinned
   * @param sofar how often each kind was drawn, so that the rarest comes
   */
  Order draw(Random random, boolean scales, Map<Kind, Integer> sofar) {
    List<Order> allowed = new ArrayList<>();
    allowed.add(new Order(Kind.REGISTER, RegistryPolicies.telling(policies.size()), ""));
    if (paused) {
      allowed.add(new Order(Kind.RESUME, "", ""));
    } else {
      allowed.add(new Order(Kind.PAUSE, "", ""));
      for (String policy : policies) {
        // A champion that everybody runs cannot be promoted again, nor another than what is tried.
        if (tried.isEmpty()
            ? !champion().equals(Optional.of(policy))
            : tried.get().equals(policy)) {
          allowed.add(new Order(Kind.PROMOTE, policy, ""));
          if (scales && tried.isEmpty() && !line.isEmpty()) {
            allowed.add(new Order(Kind.CANARY, policy, ""));
          }
        }
      }
      tried.ifPresent(policy -> allowed.add(new Order(Kind.ROLLBACK, policy, "")));
      if (tried.isEmpty() && line.size() > 1) {
        allowed.add(new Order(Kind.ROLLBACK, champion().orElseThrow(), ""));
      }
      if (scales && !policies.isEmpty()) {
        String target = TARGETS.get(random.nextInt(TARGETS.size()));
        String policy = policies.get(random.nextInt(policies.size()));
        allowed.add(
            policy.equals(pins.get(target))
                ? new Order(Kind.UNPIN, policy, target)
                : new Order(Kind.PIN, policy, target));
        if (pins.containsKey(target)) {
          allowed.add(new Order(Kind.UNPIN, pins.get(target), target));
        }
      }
    }
    // A kind first, or there would be little but promotions once there are many policies.
    int fewest =
        allowed.stream().mapToInt(order -> sofar.getOrDefault(order.kind(), 0)).min().orElse(0);
    List<Kind> kinds =
        allowed.stream()
            .map(Order::kind)
            .filter(kind -> sofar.getOrDefault(kind, 0) == fewest)
            .distinct()
            .toList();
    Kind kind = kinds.get(random.nextInt(kinds.size()));
    List<Order> ofThatKind = allowed.stream().filter(order -> order.kind() == kind).toList();
    return ofThatKind.get(random.nextInt(ofThatKind.size()));
  }

  /** What the API shows of it, to be held against what it answers. */
  Seen seen() {
    return new Seen(
        policies,
        champion(),
        line.size() < 2 ? Optional.empty() : Optional.of(line.get(line.size() - 2)),
        tried,
        rejected,
        pins,
        history,
        term,
        paused);
  }

  /** As {@link RegistryModel}; of the line of champions only the last two show. */
  record Seen(
      List<String> policies,
      Optional<String> champion,
      Optional<String> previous,
      Optional<String> tried,
      Set<String> rejected,
      Map<String, String> pins,
      List<String> history,
      long term,
      boolean paused) {

    /** Of the answer to {@code GET /api/v1/policies}. */
    static Seen of(JsonNode view) {
      List<String> ids = new ArrayList<>();
      Set<String> rejected = new HashSet<>();
      List<String> tried = new ArrayList<>();
      for (JsonNode policy : view.path("policies")) {
        String id = policy.path("id").asText();
        ids.add(id);
        if (policy.path("rejected").asBoolean()) {
          rejected.add(id);
        }
        if (policy.path("tried").asBoolean()) {
          tried.add(id);
        }
      }
      Map<String, String> pins = new HashMap<>();
      for (JsonNode pin : view.path("pins")) {
        String deployment =
            pin.hasNonNull("deployment") ? "/" + pin.path("deployment").asText() : "";
        pins.put(
            pin.path("cluster").asText() + "/" + pin.path("namespace").asText() + deployment,
            pin.at("/policy/id").asText());
      }
      List<String> history = new ArrayList<>();
      for (JsonNode change : view.path("history")) {
        history.add(change.path("what").asText() + " " + change.path("policy").asText());
      }
      if (tried.size() > 1) {
        throw new AssertionError(tried + " are tried at once");
      }
      return new Seen(
          ids,
          text(view, "champion"),
          text(view, "previous"),
          tried.stream().findFirst(),
          rejected,
          pins,
          history,
          view.path("term").asLong(),
          view.path("paused").asBoolean());
    }

    private static Optional<String> text(JsonNode view, String field) {
      return view.hasNonNull(field) ? Optional.of(view.path(field).asText()) : Optional.empty();
    }
  }
}
