package io.kiss.cluster.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.kiss.actors.live.DecisionRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;

/** Decisions as a node exports them, read back into records. */
final class RecordedDecisions {
  /** The API writes what was not measured as null. */
  static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new SimpleModule().addDeserializer(double.class, new NullIsNotMeasured()))
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private final AdminClient node;

  RecordedDecisions(AdminClient node) {
    this.node = node;
  }

  private static final class NullIsNotMeasured extends StdDeserializer<Double> {
    private static final long serialVersionUID = 1;

    NullIsNotMeasured() {
      super(double.class);
    }

    @Override
    public Double deserialize(JsonParser in, DeserializationContext context) throws IOException {
      return in.getDoubleValue();
    }

    @Override
    public Double getNullValue(DeserializationContext context) {
      return Double.NaN;
    }
  }

  /** A Deployment's decisions, oldest first, as they come; to be closed. */
  Stream<DecisionRecord> of(
      NamespaceName namespace, String deployment, Optional<Double> from, Optional<Double> to) {
    String path =
        namespace.path()
            + "/decisions?format=ndjson&deployment="
            + URLEncoder.encode(deployment, StandardCharsets.UTF_8)
            + from.map(seconds -> "&from=" + exact(seconds)).orElse("")
            + to.map(seconds -> "&to=" + exact(seconds)).orElse("");
    return node.lines(path, "application/x-ndjson").map(RecordedDecisions::read);
  }

  private static String exact(double seconds) {
    return new BigDecimal(seconds).toPlainString();
  }

  private static DecisionRecord read(String line) {
    try {
      return JSON.readValue(line, DecisionRecord.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
