package io.kiss.cluster.boot;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/**
 * What of the log goes to the terminal, too: KIS-S from a level on, and everybody else with
 * warnings and worse. What libraries tell of themselves besides is in the file.
 */
public final class ConsoleFilter extends Filter<ILoggingEvent> {
  private static final String OURS = "io.kiss.";

  private Level level = Level.OFF;

  /** The least level of what KIS-S says; off: nobody says anything. */
  public void setLevel(String name) {
    level = Level.toLevel(name, Level.OFF);
  }

  @Override
  public FilterReply decide(ILoggingEvent event) {
    boolean ours = event.getLoggerName().startsWith(OURS);
    Level least = ours || level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN;
    return event.getLevel().isGreaterOrEqual(least) ? FilterReply.NEUTRAL : FilterReply.DENY;
  }
}
