package io.kiss.cluster.cli;

import java.util.List;
import java.util.Set;

/** A command line as the files it made tell it. */
final class CommandText {
  private static final Set<String> WITH_VALUE = Set.of("--jobs", "--out");
  private static final String JSON = "--json";

  private CommandText() {}

  /**
   * As typed, in a shell's quotes, but for where results go, how they are told, and how many
   * threads are taken: none of these changes a result.
   *
   * @param args without the command's name
   */
  static String of(String command, List<String> args) {
    StringBuilder text = new StringBuilder(command);
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      if (WITH_VALUE.contains(arg)) {
        i++;
      } else if (!arg.equals(JSON) && WITH_VALUE.stream().noneMatch(f -> arg.startsWith(f + "="))) {
        text.append(' ').append(quoted(arg));
      }
    }
    return text.toString();
  }

  private static String quoted(String arg) {
    return arg.matches("[\\w@%+=:,./#-]+") ? arg : "'" + arg.replace("'", "'\\''") + "'";
  }
}
