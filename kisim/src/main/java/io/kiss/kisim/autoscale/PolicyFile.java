package io.kiss.kisim.autoscale;

import io.kiss.kisim.file.SealedFormat;
import io.kiss.kisim.file.UnusableFileException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A trained policy in a file: all that a scaler needs, and where it comes from. The body of the
 * {@link SealedFormat} is the provenance as lines {@code key=value} in UTF-8, so that {@code
 * strings} shows it, and {@link PolicySnapshot#toBytes}; each with its length before it.
 *
 * @param policy what decides
 * @param provenance where it comes from
 */
public record PolicyFile(PolicySnapshot policy, Provenance provenance) {
  private static final SealedFormat FORMAT = new SealedFormat("KIS-S policy", "KISSPLCY", 1);

  /**
   * Where a policy comes from.
   *
   * @param run name of the training run
   * @param seed of the run
   * @param iterations updates of the weights
   * @param environmentSteps the weights have learned from
   * @param seconds of training
   * @param engine that computed the gradients, and its device
   * @param commit of the build that trained it; {@code unknown} where nobody knows
   * @param created when the file was written
   * @param settings of training, for people
   */
  public record Provenance(
      String run,
      long seed,
      long iterations,
      long environmentSteps,
      double seconds,
      String engine,
      String commit,
      Instant created,
      String settings) {

    private byte[] toBytes() {
      Map<String, Object> lines = new LinkedHashMap<>();
      lines.put("run", run);
      lines.put("seed", seed);
      lines.put("iterations", iterations);
      lines.put("environment-steps", environmentSteps);
      lines.put("seconds", seconds);
      lines.put("engine", engine);
      lines.put("commit", commit);
      lines.put("created", created);
      lines.put("settings", settings);
      StringBuilder text = new StringBuilder();
      lines.forEach(
          (key, value) ->
              text.append(key)
                  .append('=')
                  .append(value.toString().replaceAll("\\R", " "))
                  .append('\n'));
      return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Provenance fromBytes(byte[] bytes) {
      Map<String, String> values = new HashMap<>();
      for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n")) {
        int equals = line.indexOf('=');
        if (equals > 0) {
          values.put(line.substring(0, equals), line.substring(equals + 1));
        }
      }
      return new Provenance(
          values.getOrDefault("run", ""),
          Long.parseLong(values.getOrDefault("seed", "")),
          Long.parseLong(values.getOrDefault("iterations", "")),
          Long.parseLong(values.getOrDefault("environment-steps", "")),
          Double.parseDouble(values.getOrDefault("seconds", "")),
          values.getOrDefault("engine", ""),
          values.getOrDefault("commit", ""),
          Instant.parse(values.getOrDefault("created", "")),
          values.getOrDefault("settings", ""));
    }
  }

  /** Writes the file whole, or leaves what was there. */
  public void write(Path file) throws IOException {
    FORMAT.write(file, body());
  }

  /** The bytes of the file. */
  public byte[] toBytes() {
    return FORMAT.seal(body());
  }

  private byte[] body() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (byte[] part : new byte[][] {provenance.toBytes(), policy.toBytes()}) {
        out.writeInt(part.length);
        out.write(part);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads a policy that this version can run.
   *
   * @throws UnusableFileException naming the file and why it is of no use here: torn, foreign, or
   *     trained for another observation or other actions
   */
  public static PolicyFile read(Path file) {
    return open(file.toString(), FORMAT.read(file));
  }

  /**
   * Reads a policy file's bytes, as {@link #read} reads a file.
   *
   * @param name what a refusal calls them
   * @throws UnusableFileException as {@link #read}
   */
  public static PolicyFile of(String name, byte[] bytes) {
    return open(name, FORMAT.open(name, bytes));
  }

  private static PolicyFile open(String file, byte[] body) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
      Provenance provenance = Provenance.fromBytes(part(in));
      PolicySnapshot policy = PolicySnapshot.fromBytes(part(in)).requireCompatible();
      if (in.available() > 0) {
        throw new IllegalArgumentException("it has bytes after its end");
      }
      return new PolicyFile(policy, provenance);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new UnusableFileException(file + " cannot be used: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] part(DataInputStream in) throws IOException {
    int length = in.available() < Integer.BYTES ? -1 : in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IllegalArgumentException("it ends too early");
    }
    return in.readNBytes(length);
  }
}
