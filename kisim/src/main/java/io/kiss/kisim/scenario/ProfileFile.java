package io.kiss.kisim.scenario;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import io.kiss.kisim.gpu.DeviceKind;
import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.gpu.DeviceType;
import io.kiss.kisim.serving.BatchCurve;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.serving.TimeoutAction;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads service profiles: {@code profiles.NAME { … }}, one or several a file. */
public final class ProfileFile {
  private static final long MOST_BYTES = 1 << 24;
  private static final int MOST_BATCH = 65_536;
  private static final int MOST_INSTANCES = 1_024;

  private ProfileFile() {}

  /**
   * Reads every profile of a file.
   *
   * @throws ScenarioException naming file, line and key of what cannot be used
   */
  public static Map<String, ServiceModel> read(Path file) {
    Section root = new Section(parse(file), "");
    Section profiles = root.section("profiles");
    root.done();
    Map<String, ServiceModel> read = new LinkedHashMap<>();
    for (String name : profiles.names()) {
      read.put(name, profile(name, profiles.section(name)));
    }
    return read;
  }

  static Config parse(Path file) {
    requireText(file);
    try {
      return ConfigFactory.parseFile(
              file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
          .resolve();
    } catch (ConfigException e) {
      String where = e.origin() == null ? file.toString() : Section.where(e.origin());
      throw new ScenarioException(where + ": is not valid HOCON: " + reason(e), e);
    }
  }

  /** What is wrong, without the place, which the parser says in front. */
  private static String reason(ConfigException e) {
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return e.origin() == null ? message : message.replace(e.origin().description() + ": ", "");
  }

  /** The parser would read on in a device without an end, and say odd things of a picture. */
  private static void requireText(Path file) {
    if (Files.isDirectory(file)) {
      throw new ScenarioException(file + ": is a folder, not a file");
    }
    if (!Files.exists(file)) {
      throw new ScenarioException(file + ": there is no such file");
    }
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new ScenarioException(file + ": cannot be read");
    }
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new ScenarioException(
            file + ": is larger than " + (MOST_BYTES >> 20) + " MiB, which no scenario is");
      }
      if (Files.readString(file).indexOf('\0') >= 0) {
        throw new ScenarioException(file + ": is not a text file");
      }
    } catch (CharacterCodingException e) {
      throw new ScenarioException(file + ": is not a text file (UTF-8)", e);
    } catch (IOException e) {
      throw new ScenarioException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static ServiceModel profile(String name, Section at) {
    at.text("description", "");
    DeviceType device = device(at.section("device"));
    BatchCurve curve = curve(at.section("curve"));
    ServiceNoise noise = at.section("noise", ServiceNoise.NONE, ProfileFile::noise);
    DynamicBatching batching = batching(at.section("batching"));
    StartUp startUp = at.section("start-up", StartUp.INSTANT, StartUpSection::read);
    int items = at.integer("items-per-request", 1);
    at.done();
    return at.build(
        () ->
            new ServiceModel(
                name,
                device,
                new DeviceSharing.Exclusive(),
                curve,
                noise,
                batching,
                items,
                startUp));
  }

  private static DeviceType device(Section at) {
    String name = at.text("name");
    DeviceKind kind = at.choice("kind", DeviceKind.class, DeviceKind.GPU);
    double memory = at.number("memory-gib", 1);
    double idle = at.number("idle-watts", 0);
    double busy = at.number("busy-watts", idle);
    double price = at.number("price-per-hour", 0);
    double parallelism = at.number("parallelism", 1);
    String source = at.text("source", "");
    at.done();
    return at.build(
        () -> new DeviceType(name, kind, memory, idle, busy, price, parallelism, source));
  }

  private static BatchCurve curve(Section at) {
    double[] items = at.numbers("items");
    double[] device = scaled(at.numbers("device-ms", new double[items.length]));
    double[] host = scaled(at.numbers("host-ms", new double[items.length]));
    boolean padded = at.flag("padded", false);
    at.text("source", "");
    at.done();
    return at.build(() -> new BatchCurve(items, host, device, padded));
  }

  private static double[] scaled(double[] millis) {
    double[] seconds = new double[millis.length];
    for (int i = 0; i < millis.length; i++) {
      seconds[i] = millis[i] * 1e-3;
    }
    return seconds;
  }

  private static ServiceNoise noise(Section at) {
    ServiceNoise.Kind kind =
        at.choice("kind", ServiceNoise.Kind.class, ServiceNoise.Kind.LOGNORMAL);
    double otherwise = kind == ServiceNoise.Kind.EXPONENTIAL ? 1 : 0;
    double cv = kind == ServiceNoise.Kind.LOGNORMAL ? at.number("cv") : at.number("cv", otherwise);
    at.text("source", "");
    at.done();
    return at.build(() -> new ServiceNoise(kind, cv));
  }

  static DynamicBatching batching(Section at) {
    int maxBatch = at.integerUpTo(MOST_BATCH, "max-batch");
    int[] preferred = at.integers("preferred-sizes", new int[0]);
    double delay = at.seconds("max-queue-delay", 0);
    int instances = at.integerUpTo(MOST_INSTANCES, "instances", 1);
    int limit = at.integer("queue-limit", 0);
    double timeout = at.seconds("queue-timeout", 0);
    TimeoutAction action = at.choice("timeout-action", TimeoutAction.class, TimeoutAction.REJECT);
    at.text("source", "");
    at.done();
    return at.build(
        () -> new DynamicBatching(maxBatch, preferred, delay, instances, limit, timeout, action));
  }
}
