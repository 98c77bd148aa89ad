package io.kiss.cluster.http;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Part of a list.
 *
 * @param next cursor of the next part; empty: this was the last
 */
record Page<T>(List<T> items, Optional<String> next) {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MOST = 1000;

  /**
   * The part that a call's {@code limit} and cursor ask for.
   *
   * @param cursor name of the parameter that carries the id of the last item of the part before
   * @param all the whole list, in order
   */
  static <T> Page<T> of(Call call, String cursor, List<T> all, Function<T, String> id) {
    return of(limit(call), cursor, call.query(cursor), all, id);
  }

  /** The first part. */
  static <T> Page<T> first(List<T> all, Function<T, String> id) {
    return of(DEFAULT_LIMIT, "", Optional.empty(), all, id);
  }

  private static <T> Page<T> of(
      int limit, String cursor, Optional<String> after, List<T> all, Function<T, String> id) {
    int from = 0;
    if (after.isPresent()) {
      while (from < all.size() && !id.apply(all.get(from)).equals(after.get())) {
        from++;
      }
      if (from == all.size()) {
        throw ApiProblem.badRequest(cursor + ": there is nothing of that id; begin without it");
      }
      from++;
    }
    int to = Math.min(all.size(), from + limit);
    List<T> items = List.copyOf(all.subList(from, to));
    return new Page<>(
        items, to < all.size() ? Optional.of(id.apply(all.get(to - 1))) : Optional.empty());
  }

  /** How many items a call asks for. */
  static int limit(Call call) {
    int limit = call.query("limit", DEFAULT_LIMIT);
    if (limit < 1 || limit > MOST) {
      throw ApiProblem.badRequest("limit must be in 1.." + MOST + ", not " + limit);
    }
    return limit;
  }

  <R> Page<R> map(Function<T, R> view) {
    return new Page<>(items.stream().map(view).toList(), next);
  }
}
