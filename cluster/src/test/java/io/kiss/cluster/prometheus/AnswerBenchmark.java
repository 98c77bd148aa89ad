package io.kiss.cluster.prometheus;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * What it takes to read the answer to a histogram's query by pod: CPU time and bytes allocated, a
 * row. Arguments: pods, buckets, rounds.
 */
final class AnswerBenchmark {
  private AnswerBenchmark() {}

  public static void main(String[] arguments) throws IOException {
    int pods = Integer.parseInt(arguments[0]);
    int buckets = Integer.parseInt(arguments[1]);
    int rounds = Integer.parseInt(arguments[2]);
    byte[] answer = answer(pods, buckets);
    Grouping grouping = new Grouping(Grouping.By.POD, List.of("pod", "exported_pod"));
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    double[] nanos = new double[rounds];
    long allocated = 0;
    for (int round = -rounds; round < rounds; round++) {
      long cpu = threads.getCurrentThreadCpuTime();
      long before = threads.getThreadAllocatedBytes(self);
      int rows = QueryAnswer.read(new ByteArrayInputStream(answer), grouping).rows().size();
      if (round >= 0) {
        nanos[round] = (threads.getCurrentThreadCpuTime() - cpu) / (double) rows;
        allocated = (threads.getThreadAllocatedBytes(self) - before) / rows;
      }
    }
    Arrays.sort(nanos);
    System.out.printf(
        "%d rows, %.1f MiB: %.0f ns of CPU a row (median of %d; %.0f to %.0f), %d bytes allocated%n",
        pods * buckets,
        answer.length / (double) (1 << 20),
        nanos[rounds / 2],
        rounds,
        nanos[0],
        nanos[rounds - 1],
        allocated);
  }

  private static byte[] answer(int pods, int buckets) {
    StringBuilder text =
        new StringBuilder(
            "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[");
    for (int pod = 0; pod < pods; pod++) {
      for (int bucket = 0; bucket < buckets; bucket++) {
        String le = bucket == buckets - 1 ? "+Inf" : Double.toString(0.3 * (1 << bucket));
        text.append(pod + bucket == 0 ? "" : ",")
            .append("{\"metric\":{\"le\":\"")
            .append(le)
            .append("\",\"pod\":\"workload-%d-6d4cf56db6-%05d\"}".formatted(pod / 10, pod % 10))
            .append(",\"value\":[1764243000.123,\"")
            .append(Math.abs(Math.sin(pod)) * (bucket + 1) / buckets)
            .append("\"]}");
      }
    }
    return text.append("]}}").toString().getBytes(StandardCharsets.UTF_8);
  }
}
