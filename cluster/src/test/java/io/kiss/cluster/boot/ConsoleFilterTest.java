package io.kiss.cluster.boot;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsoleFilterTest {
  @ParameterizedTest
  @CsvSource({
    "INFO, io.kiss.learner.Running, INFO, NEUTRAL",
    "INFO, io.kiss.learner.Running, DEBUG, DENY",
    "INFO, akka.cluster.Cluster, INFO, DENY",
    "INFO, akka.cluster.Cluster, WARN, NEUTRAL",
    "WARN, io.kiss.learner.Running, INFO, DENY",
    "WARN, akka.cluster.Cluster, ERROR, NEUTRAL",
    "ERROR, akka.cluster.Cluster, WARN, DENY",
    "OFF, io.kiss.learner.Running, ERROR, DENY",
    "OFF, akka.cluster.Cluster, ERROR, DENY"
  })
  void whatIsSaidOnTheTerminal(String from, String logger, String level, FilterReply reply) {
    ConsoleFilter filter = new ConsoleFilter();
    filter.setLevel(from);
    LoggingEvent event = new LoggingEvent();
    event.setLoggerName(logger);
    event.setLevel(Level.toLevel(level));
    assertThat(filter.decide(event)).isEqualTo(reply);
  }
}
