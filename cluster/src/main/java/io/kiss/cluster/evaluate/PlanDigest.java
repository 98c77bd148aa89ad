package io.kiss.cluster.evaluate;

import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.evaluate.Entrant;
import io.kiss.kisim.evaluate.EvaluationCase;
import io.kiss.kisim.evaluate.EvaluationPlan;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.traffic.Demand;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 of all that an evaluation's runs depend on, worked out from what was read and not from
 * the files' names, so that a file that was changed in between makes another plan.
 */
final class PlanDigest {
  private final MessageDigest digest;

  private PlanDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static String of(EvaluationPlan plan, String build) {
    PlanDigest digest = new PlanDigest();
    digest.add(plan.version(), build, plan.engine().toString());
    digest.add(plan.violationPrice(), plan.seeds());
    for (Entrant entrant : plan.entrants()) {
      digest.add(entrant.name(), entrant.role().toString(), entrant.policySha256());
    }
    plan.cases().forEach(digest::add);
    return HexFormat.of().formatHex(digest.digest.digest());
  }

  private void add(EvaluationCase each) {
    Scenario scenario = each.episode().scenario();
    add(each.name(), each.episode().workload().toString(), scenario.routing().toString());
    add(scenario.cluster().toString(), scenario.telemetry().toString());
    add(scenario.seconds(), scenario.initialReplicas());
    add(scenario.service());
    for (long seed = 1; seed <= 2; seed++) {
      Demand demand = scenario.traffic().demand(seed);
      ByteBuffer rates = ByteBuffer.allocate(Double.BYTES * scenario.seconds());
      for (int t = 0; t < scenario.seconds(); t++) {
        rates.putDouble(demand.rate(t, scenario.service().loneLatencySeconds()));
      }
      digest.update(rates.array());
    }
  }

  private void add(ServiceModel service) {
    add(service.name(), service.device().toString(), service.sharing().toString());
    add(service.noise().toString(), service.startUp().toString());
    add(service.podCapacity(), service.itemsPerRequest());
    add(service.batching().maxBatch(), service.batching().instances());
    add(service.batching().maxQueueDelaySeconds(), service.batching().queueTimeoutSeconds());
    for (int batch = 1; batch <= service.batching().maxBatch(); batch++) {
      double items = (double) batch * service.itemsPerRequest();
      add(service.curve().hostSeconds(items), service.curve().deviceSeconds(items));
    }
  }

  private void add(String... texts) {
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
      digest.update(bytes);
    }
  }

  private void add(double... numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * numbers.length);
    for (double number : numbers) {
      bytes.putDouble(number);
    }
    digest.update(bytes.array());
  }
}
