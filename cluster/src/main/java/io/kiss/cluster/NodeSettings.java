package io.kiss.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.cluster.boot.DataDirectory;
import io.kiss.cluster.demo.DemoSettings;
import io.kiss.cluster.http.HttpSettings;
import io.kiss.cluster.jobs.JobSettings;
import io.kiss.cluster.journal.DatabaseSettings;
import io.kiss.cluster.live.LiveClusterSettings;
import io.kiss.kisim.text.Spelling;
import io.kiss.kisim.traffic.ArrivalTrace;
import io.kiss.learner.LearnerSingleton;
import io.kiss.rollout.RolloutSharding;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Everything a node was told, read once.
 *
 * @param config all of it, Akka's included
 * @param database where this node's roles keep what they do; empty: they keep nothing
 * @param demo empty: there is none
 * @param joinTimeout how long joining the cluster may take
 * @param stopTimeout how long a coordinated shutdown may take
 */
public record NodeSettings(
    Config config,
    ClusterSettings cluster,
    DataDirectory data,
    Optional<DatabaseSettings> database,
    Duration decisionRetention,
    HttpSettings http,
    JobSettings jobs,
    LiveClusterSettings live,
    Optional<DemoSettings> demo,
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
    return load(home, flags, Optional.empty());
  }

  /** As {@link #load(Path, Map)}, of a node of {@code kiss node}: with {@code node.conf} below. */
  public static Config loadNode(Path home, Map<String, Object> flags) {
    return load(home, flags, Optional.of("node.conf"));
  }

  private static Config load(Path home, Map<String, Object> flags, Optional<String> layer) {
    try {
      Config written = written(home.resolve("conf").resolve("kiss.conf"));
      Config builtIn =
          ConfigFactory.defaultApplication()
              .withFallback(ConfigFactory.defaultReferenceUnresolved());
      requireKnown(written.root(), "", builtIn.root());
      Config told =
          ConfigFactory.parseMap(flags, "the command line")
              .withFallback(ConfigFactory.defaultOverrides())
              .withFallback(written);
      Config below = layer.map(ConfigFactory::parseResources).orElse(ConfigFactory.empty());
      SettingTypes.require(
          told.withFallback(below).withFallback(builtIn).resolve(), usual(builtIn));
      Config config = inAkkasWords(told.withFallback(below).withFallback(builtIn).resolve());
      return layer.isEmpty() && isEmbedded(config)
          ? inAkkasWords(
              told.withFallback(ConfigFactory.parseResources("embedded.conf"))
                  .withFallback(builtIn)
                  .resolve())
          : config;
    } catch (ConfigException e) {
      throw new BootFailure("the configuration cannot be read: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw unusable(e);
    }
  }

  /** The file, where there is one. */
  private static Config written(Path file) {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return ConfigFactory.empty();
    }
    if (Files.isDirectory(file)) {
      throw new BootFailure(file + " is a folder, and should be a file of settings");
    }
    return ConfigFactory.parseFile(
        file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
  }

  /** What holds where neither file nor environment says anything. */
  private static Config usual(Config builtIn) {
    return builtIn.resolve(ConfigResolveOptions.noSystem().setAllowUnresolved(true));
  }

  private static Config inAkkasWords(Config config) {
    return ClusterSettings.from(config).akka().withFallback(config);
  }

  private static BootFailure unusable(RuntimeException e) {
    return new BootFailure("the configuration cannot be used: " + e.getMessage(), e);
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
        && !ClusterSettings.from(config).bootstraps()
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
    return read(config, () -> Optional.of(DemoSettings.from(config.getConfig("kiss.demo"), trace)));
  }

  /** As {@link #from}, of a node without the demo; where its roles keep nothing, no database. */
  public static NodeSettings fromNode(Config config) {
    return read(config, Optional::empty);
  }

  private static NodeSettings read(Config config, Supplier<Optional<DemoSettings>> demo) {
    try {
      Config kiss = config.getConfig("kiss");
      ClusterSettings cluster = ClusterSettings.from(config);
      HttpSettings http = HttpSettings.from(kiss.getConfig("http"));
      DataDirectory data = DataDirectory.open(Path.of(kiss.getString("data")));
      Optional<DatabaseSettings> database =
          database(kiss.getConfig("database"), config.getStringList("akka.cluster.roles"), data);
      return new NodeSettings(
          database.map(d -> d.akkaPersistence().withFallback(config)).orElse(config),
          cluster,
          data,
          database,
          kiss.getDuration("decisions.retention"),
          http,
          JobSettings.from(kiss.getConfig("jobs"), data.path()),
          LiveClusterSettings.from(kiss),
          demo.get(),
          kiss.getDuration("boot.join-timeout"),
          kiss.getDuration("boot.stop-timeout"));
    } catch (ConfigException | IllegalArgumentException e) {
      throw unusable(e);
    }
  }

  private static Optional<DatabaseSettings> database(
      Config database, List<String> roles, DataDirectory data) {
    if (!ClusterSettings.needDatabase(roles)) {
      return Optional.empty();
    }
    if (ClusterSettings.shareDatabase(roles) && database.getString("url").isEmpty()) {
      throw new IllegalArgumentException(
          "roles control, learner and scaler keep what they do in one database, and this node has"
              + " not all of them; set kiss.database.url (KISS_DATABASE_URL) to a PostgreSQL that"
              + " the others use, too");
    }
    return Optional.of(DatabaseSettings.from(database, data));
  }
}
