package io.kiss.cluster.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.kiss.actors.live.DecisionRecord;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Stream;

/** Decisions as a node exports them, read back into records. */
final class RecordedDecisions {
  private final AdminClient node;

  RecordedDecisions(AdminClient node) {
    this.node = node;
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
      return ApiJson.MAPPER.readValue(line, DecisionRecord.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
