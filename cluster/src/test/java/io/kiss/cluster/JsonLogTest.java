package io.kiss.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** The log that a node writes with KISS_LOG_FORMAT=json, by the configuration that is shipped. */
class JsonLogTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  /** The file appender of logback.xml as a node asked for JSON has it. */
  private Appender<ILoggingEvent> file() throws Exception {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(MDC.getMDCAdapter());
    context.putProperty("kiss.log.format", "json");
    context.putProperty("kiss.logs", folder.toString());
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(JsonLogTest.class.getResource("/logback.xml"));
    return context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender("file");
  }

  private List<JsonNode> lines() throws IOException {
    Path log = folder.resolve("kiss.log");
    return Files.exists(log)
        ? Files.readAllLines(log).stream().map(JsonLogTest::parsed).toList()
        : List.of();
  }

  private static JsonNode parsed(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + line, e);
    }
  }

  @Test
  void whatANamespaceSaysCarriesItsClusterAndNameAsFields() throws Exception {
    Logger kiss = (Logger) LoggerFactory.getLogger("io.kiss");
    Appender<ILoggingEvent> file = file();
    kiss.addAppender(file);
    try (Node node = NodeFixture.boot(folder.resolve("data"))) {
      NodeFixture.call(node, "PUT", "/api/v1/clusters/local/namespaces/nowhere", "{}");
      JsonNode line =
          await()
              .atMost(Duration.ofSeconds(30))
              .until(
                  () ->
                      lines().stream()
                          .filter(l -> l.at("/mdc/namespace").asText().equals("nowhere"))
                          .findFirst(),
                  Optional::isPresent)
              .orElseThrow();
      assertThat(line.at("/mdc/cluster").asText()).isEqualTo("local");
      assertThat(line.at("/level").asText()).isEqualTo("WARN");
      assertThat(line.toString()).contains("no namespace 'nowhere'");
    } finally {
      kiss.detachAppender(file);
      file.stop();
    }
  }

  /** A scaler that ticks at another pace from now on says that what it remembered is gone. */
  @Test
  void whatAScalerSaysCarriesItsDeploymentToo() throws Exception {
    Logger kiss = (Logger) LoggerFactory.getLogger("io.kiss");
    Level before = kiss.getLevel();
    Appender<ILoggingEvent> file = file();
    kiss.setLevel(Level.INFO);
    kiss.addAppender(file);
    String demo = "/api/v1/clusters/local/namespaces/demo";
    try (Node node = NodeFixture.boot(folder.resolve("data"))) {
      NodeFixture.call(node, "PUT", demo, "{}");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  NodeFixture.json(NodeFixture.call(node, "GET", demo + "/decisions", ""))
                          .path("decisions")
                          .size()
                      > 0);
      NodeFixture.call(node, "PUT", demo, "{\"tickSeconds\": 20}");
      JsonNode line =
          await()
              .atMost(Duration.ofSeconds(60))
              .until(
                  () ->
                      lines().stream()
                          .filter(l -> l.path("loggerName").asText().endsWith("ScalerActor"))
                          .filter(l -> l.at("/mdc/deployment").asText().equals("resnet50"))
                          .findFirst(),
                  Optional::isPresent)
              .orElseThrow();
      assertThat(line.at("/mdc/cluster").asText()).isEqualTo("local");
      assertThat(line.at("/mdc/namespace").asText()).isEqualTo("demo");
      assertThat(line.toString()).contains("starts without memory");
    } finally {
      kiss.detachAppender(file);
      kiss.setLevel(before);
      file.stop();
    }
  }

  @Test
  void anErrorWithItsStackTraceIsOneLineAndKeepsItsFields() throws Exception {
    Logger kiss = (Logger) LoggerFactory.getLogger("io.kiss");
    Appender<ILoggingEvent> file = file();
    kiss.addAppender(file);
    try (MDC.MDCCloseable deployment = MDC.putCloseable("deployment", "chat \"v2\"\n")) {
      kiss.warn("two\nlines", new IllegalStateException("broken"));
    } finally {
      kiss.detachAppender(file);
      file.stop();
    }
    assertThat(lines()).hasSize(1);
    assertThat(lines().get(0).at("/mdc/deployment").asText()).isEqualTo("chat \"v2\"\n");
    assertThat(lines().get(0).at("/throwable/message").asText()).isEqualTo("broken");
  }
}
