package io.kiss.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.cluster.boot.DataDirectory;
import io.kiss.cluster.demo.DemoSettings;
import io.kiss.cluster.http.HttpSettings;
import io.kiss.cluster.journal.DatabaseSettings;
import io.kiss.kisim.text.Spelling;
import io.kiss.kisim.traffic.ArrivalTrace;
import io.kiss.learner.LearnerSingleton;
import io.kiss.rollout.RolloutSharding;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Everything a node was told, read once.
 *
 * @param config all of it, Akka's included
 * @param joinTimeout how long joining the cluster may take
 * @param stopTimeout how long a coordinated shutdown may take
 */
public record NodeSettings(
    Config config,
    DataDirectory data,
    DatabaseSettings database,
    Duration decisionRetention,
    HttpSettings http,
    DemoSettings demo,
    Duration joinTimeout,
    Duration stopTimeout) {

  /**
   * Reads {@code conf/kiss.conf} where there is one, with the flags on top; {@code embedded.conf}
   * below it on a node that makes up its cluster alone.
   *
   * @param home the checkout
   * @param flags configuration keys and what the command line says they are
   * @throws BootFailure if the file is no HOCON, or sets a key under {@code kiss} that there is not
   */
  public static Config load(Path home, Map<String, Object> flags) {
    Path file = home.resolve("conf").resolve("kiss.conf");
    try {
      Config written = ConfigFactory.parseFile(file.toFile());
      Config builtIn =
          ConfigFactory.defaultApplication()
              .withFallback(ConfigFactory.defaultReferenceUnresolved());
      requireKnown(written.root(), "", builtIn.root());
      Config told =
          ConfigFactory.parseMap(flags, "the command line")
              .withFallback(ConfigFactory.defaultOverrides())
              .withFallback(written);
      Config config = told.withFallback(builtIn).resolve();
      return isEmbedded(config)
          ? told.withFallback(ConfigFactory.parseResources("embedded.conf"))
              .withFallback(builtIn)
              .resolve()
          : config;
    } catch (ConfigException e) {
      throw new BootFailure("the configuration cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Refuses what the file sets under {@code kiss} and nobody reads: most likely mistyped. What Akka
   * and others know of their own, and an executor's settings, is for them to say.
   */
  private static void requireKnown(ConfigObject written, String path, ConfigObject known) {
    for (Map.Entry<String, ConfigValue> entry : written.entrySet()) {
      String key = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
      if (path.isEmpty() && !key.equals("kiss")
          || key.endsWith("-dispatcher")
          || key.endsWith(".dispatcher")) {
        continue;
      }
      ConfigValue there = known.get(entry.getKey());
      if (there == null) {
        throw new BootFailure(
            entry.getValue().origin().description()
                + ": unknown key "
                + key
                + Spelling.closest(entry.getKey(), known.keySet())
                    .map(closest -> "; is " + closest + " meant?")
                    .orElse(
                        "; known here are " + String.join(", ", new TreeSet<>(known.keySet()))));
      }
      if (entry.getValue() instanceof ConfigObject inside && there instanceof ConfigObject knows) {
        requireKnown(inside, key, knows);
      }
    }
  }

  private static boolean isEmbedded(Config config) {
    return config.getStringList("akka.cluster.seed-nodes").isEmpty()
        && config
            .getStringList("akka.cluster.roles")
            .containsAll(List.of(LearnerSingleton.ROLE, RolloutSharding.ROLE));
  }

  /**
   * Reads and checks {@code kiss}; makes the data folder.
   *
   * @param trace traffic of the demo
   * @throws BootFailure naming the key that is missing or makes no sense
   */
  public static NodeSettings from(Config config, Optional<ArrivalTrace> trace) {
    try {
      Config kiss = config.getConfig("kiss");
      requireLoopback(kiss.getString("http.host"));
      DataDirectory data = DataDirectory.open(Path.of(kiss.getString("data")));
      DatabaseSettings database = DatabaseSettings.from(kiss.getConfig("database"), data);
      return new NodeSettings(
          database.akkaPersistence().withFallback(config),
          data,
          database,
          kiss.getDuration("decisions.retention"),
          HttpSettings.from(kiss.getConfig("http")),
          DemoSettings.from(kiss.getConfig("demo"), trace),
          kiss.getDuration("boot.join-timeout"),
          kiss.getDuration("boot.stop-timeout"));
    } catch (ConfigException | IllegalArgumentException e) {
      throw new BootFailure("the configuration cannot be used: " + e.getMessage(), e);
    }
  }

  private static void requireLoopback(String host) {
    try {
      if (!InetAddress.getByName(host).isLoopbackAddress()) {
        throw new IllegalArgumentException(
            "kiss.http.host is "
                + host
                + ", but the admin API has no login yet and is served on loopback only; use"
                + " 127.0.0.1");
      }
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "kiss.http.host is " + host + ", which is no address of this machine", e);
    }
  }
}
