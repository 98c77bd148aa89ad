package io.kiss.cluster.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.kisim.evaluate.EvaluationLog;
import io.kiss.kisim.evaluate.result.Replay;
import io.kiss.kisim.evaluate.result.RunResult;
import io.kiss.kisim.file.UnusableFileException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The finished runs of an evaluation, a line of JSON each, in the order they were finished. The
 * first line holds the digest of the plan they belong to. A line is written whole by one call; the
 * last one may be torn where the machine stopped, and is then dropped.
 */
public final class RunFile implements EvaluationLog, AutoCloseable {
  /** Its name in an evaluation's folder. */
  public static final String NAME = "runs.ndjson";

  private static final String FORMAT = "kiss-evaluation-runs-1";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;

  /** Not a channel to write with: that would be closed for all by one thread's interruption. */
  private final RandomAccessFile out;

  private final Map<String, Run> runs = new ConcurrentHashMap<>();
  private final Map<String, Tried> tried = new ConcurrentHashMap<>();
  private int before;

  private RunFile(Path file, RandomAccessFile out) {
    this.file = file;
    this.out = out;
  }

  /**
   * Opens the runs of a plan, or begins them.
   *
   * @param folder of the evaluation; made where it is missing
   * @throws UnusableFileException with a sentence if the folder cannot be written to, is another
   *     evaluation's, or is written to by another process
   */
  public static RunFile open(Path folder, String plan) {
    Path file = folder.resolve(NAME);
    RandomAccessFile out = null;
    try {
      Files.createDirectories(folder);
      out = new RandomAccessFile(file.toFile(), "rw");
      if (out.getChannel().tryLock() == null) {
        throw new OverlappingFileLockException();
      }
      RunFile opened = new RunFile(file, out);
      opened.load(plan);
      return opened;
    } catch (OverlappingFileLockException e) {
      close(out);
      throw new UnusableFileException(
          "--out: another evaluation is writing to " + folder + " at this moment", e);
    } catch (IOException e) {
      close(out);
      throw new UnusableFileException("--out: cannot write to " + folder + ": " + reason(e), e);
    } catch (UnusableFileException e) {
      close(out);
      throw e;
    }
  }

  private static String reason(IOException e) {
    return e.getClass().getSimpleName() + " " + e.getMessage();
  }

  private static void close(RandomAccessFile out) {
    try {
      if (out != null) {
        out.close();
      }
    } catch (IOException e) {
      // What matters went wrong before, and is what the caller is told.
    }
  }

  private void load(String plan) throws IOException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    int end = text.lastIndexOf('\n') + 1;
    if (end == 0) {
      out.setLength(0);
      ObjectNode header = JSON.createObjectNode().put("format", FORMAT).put("plan", plan);
      write(header);
      return;
    }
    String[] lines =
        new String(
                text.substring(0, end).getBytes(StandardCharsets.ISO_8859_1),
                StandardCharsets.UTF_8)
            .split("\n");
    for (int i = 0; i < lines.length; i++) {
      try {
        JsonNode line = JSON.readTree(lines[i]);
        if (i == 0) {
          requirePlan(line, plan);
        } else {
          take(line);
        }
      } catch (JsonProcessingException | IllegalArgumentException e) {
        throw new UnusableFileException(
            file + ", line " + (i + 1) + ": is damaged; delete the file to begin anew", e);
      }
    }
    out.setLength(end);
    out.seek(end);
    before = lines.length - 1;
  }

  private void requirePlan(JsonNode header, String plan) {
    if (!FORMAT.equals(header.path("format").asText())
        || !plan.equals(header.path("plan").asText())) {
      throw new UnusableFileException(
          "--out: "
              + file.getParent()
              + " holds the runs of another evaluation, or of another build of KIS-S; give another"
              + " folder, or delete "
              + file);
    }
  }

  private void take(JsonNode line) throws JsonProcessingException {
    if (line.has("tried")) {
      tried.put(
          line.get("tried").asText(),
          new Tried(line.path("gpuShare").asDouble(), line.path("violatingShare").asDouble()));
      return;
    }
    if (!line.has("run")) {
      throw new IllegalArgumentException("neither a run nor a setting");
    }
    RunResult result = JSON.treeToValue(line.get("run"), RunResult.class);
    Optional<Replay> replay =
        line.has("replay") ? Optional.of(replay(result, line.get("replay"))) : Optional.empty();
    runs.put(key(result.trace(), result.seed(), result.autoscaler()), new Run(result, replay));
  }

  private static String key(String trace, long seed, String autoscaler) {
    return seed + "|" + autoscaler + "|" + trace;
  }

  /** Runs that were there when the file was opened, those of sweeps counted in. */
  public int before() {
    return before;
  }

  /** Runs that are kept now. */
  public int kept() {
    return runs.size() + tried.size();
  }

  @Override
  public Optional<Run> run(String trace, long seed, String autoscaler) {
    return Optional.ofNullable(runs.get(key(trace, seed, autoscaler)));
  }

  @Override
  public Optional<Tried> tried(String key) {
    return Optional.ofNullable(tried.get(key));
  }

  @Override
  public void add(Run run) {
    RunResult result = run.result();
    ObjectNode line = JSON.createObjectNode();
    line.set("run", JSON.valueToTree(result));
    run.replay().ifPresent(replay -> line.set("replay", node(replay)));
    append(line);
    runs.put(key(result.trace(), result.seed(), result.autoscaler()), run);
  }

  @Override
  public void add(String key, Tried cost) {
    append(
        JSON.createObjectNode()
            .put("tried", key)
            .put("gpuShare", cost.gpuShare())
            .put("violatingShare", cost.violatingShare()));
    tried.put(key, cost);
  }

  private void append(ObjectNode line) {
    try {
      write(line);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + reason(e), e);
    }
  }

  private synchronized void write(ObjectNode line) throws IOException {
    byte[] text = (JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
    out.write(text);
  }

  /** Arrays as base64 of their big-endian bytes: short, and exact to the bit. */
  private static ObjectNode node(Replay replay) {
    int size = replay.desired().length;
    ByteBuffer bytes = ByteBuffer.allocate(size * (2 * Float.BYTES + 2 * Short.BYTES));
    for (int i = 0; i < size; i++) {
      bytes.putFloat(replay.arrivalsPerSecond()[i]).putFloat(replay.p95Seconds()[i]);
      bytes.putShort(replay.desired()[i]).putShort(replay.ready()[i]);
    }
    return JSON.createObjectNode()
        .put("stepSeconds", replay.stepSeconds())
        .put("steps", Base64.getEncoder().encodeToString(bytes.array()));
  }

  private static Replay replay(RunResult result, JsonNode node) {
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(node.path("steps").asText()));
    int size = bytes.remaining() / (2 * Float.BYTES + 2 * Short.BYTES);
    float[] arrivals = new float[size];
    float[] p95 = new float[size];
    short[] desired = new short[size];
    short[] ready = new short[size];
    for (int i = 0; i < size; i++) {
      arrivals[i] = bytes.getFloat();
      p95[i] = bytes.getFloat();
      desired[i] = bytes.getShort();
      ready[i] = bytes.getShort();
    }
    return new Replay(
        result.trace(),
        result.seed(),
        result.autoscaler(),
        node.path("stepSeconds").asInt(),
        arrivals,
        desired,
        ready,
        p95);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
