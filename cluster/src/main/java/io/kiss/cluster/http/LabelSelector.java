package io.kiss.cluster.http;

import java.util.regex.Pattern;

/**
 * The syntax of Kubernetes label selectors: {@code key=value}, {@code key==value}, {@code
 * key!=value}, {@code key in (a,b)}, {@code key notin (a,b)}, {@code key} and {@code !key}, with
 * commas between.
 */
final class LabelSelector {
  private static final String NAME = "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
  private static final String DOMAIN_PART = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
  private static final String PREFIX = DOMAIN_PART + "(?:\\." + DOMAIN_PART + "){0,126}/";
  private static final String KEY = "(?:" + PREFIX + ")?" + NAME;
  private static final String VALUE = "(?:" + NAME + ")?";
  private static final String SET = "\\(\\s*" + VALUE + "(?:\\s*,\\s*" + VALUE + ")*+\\s*\\)";
  private static final String REQUIREMENT =
      "\\s*(?:!\\s*%s|%s(?:\\s*(?:==?|!=)\\s*%s|\\s+(?:in|notin)\\s*%s)?)\\s*"
          .formatted(KEY, KEY, VALUE, SET);
  private static final Pattern SYNTAX = Pattern.compile(REQUIREMENT + "(?:," + REQUIREMENT + ")*+");
  private static final int MOST_CHARACTERS = 4096;

  private LabelSelector() {}

  /** Whether it can be asked of an API server; a blank one selects all. */
  static boolean isValid(String selector) {
    return selector.isBlank()
        || selector.length() <= MOST_CHARACTERS && SYNTAX.matcher(selector).matches();
  }
}
