package io.kiss.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueType;
import io.kiss.actors.controller.ControllerSingleton;
import io.kiss.actors.scaler.NamespaceSharding;
import io.kiss.kisim.text.Spelling;
import io.kiss.learner.LearnerSingleton;
import io.kiss.rollout.RolloutSharding;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a node takes part in its cluster: {@code kiss.cluster}, and what that is in Akka's words.
 *
 * @param roles what this node does; empty: as {@code akka.cluster.roles} says
 * @param host by which the others reach this node
 * @param seedNodes {@code host:port} of nodes to join
 * @param service where {@code discovery} looks; empty by seeds
 * @param contactPoints to be found before a new cluster is made up
 * @param managementHost of Akka Management
 * @param tls folder of the certificates; empty: no TLS
 */
public record ClusterSettings(
    List<String> roles,
    String host,
    List<String> seedNodes,
    Discovery discovery,
    String service,
    int contactPoints,
    String managementHost,
    int managementPort,
    Optional<Path> tls) {

  /** Everything a node can do. */
  public static final Set<String> ROLES =
      new TreeSet<>(
          Set.of(
              ControllerSingleton.ROLE,
              LearnerSingleton.ROLE,
              RolloutSharding.ROLE,
              NamespaceSharding.ROLE));

  /** Roles whose work is kept in the database. */
  private static final Set<String> KEEPING =
      Set.of(ControllerSingleton.ROLE, LearnerSingleton.ROLE, NamespaceSharding.ROLE);

  /** The address that this machine's own name stands for. */
  private static final String AUTO = "auto";

  private static final List<String> CERTIFICATES = List.of("ca.crt", "node.crt", "node.key");

  /** How nodes find each other. */
  public enum Discovery {
    SEEDS,
    DNS,
    KUBERNETES
  }

  public ClusterSettings {
    roles = List.copyOf(roles);
    seedNodes = List.copyOf(seedNodes);
    for (String role : roles) {
      require(
          ROLES.contains(role),
          "kiss.cluster.roles names '%s', which is no role%s",
          role,
          Spelling.closest(role, ROLES)
              .map(closest -> "; is " + closest + " meant?")
              .orElse("; there are " + String.join(", ", ROLES)));
    }
    for (String node : seedNodes) {
      require(
          node.matches("[^\\s:/@]+:[0-9]{1,5}") && isPort(node.replaceFirst(".*:", "")),
          "kiss.cluster.seed-nodes must be host:port, not '%s'",
          node);
    }
    require(
        discovery == Discovery.SEEDS || !service.isBlank(),
        "kiss.cluster.discovery.method is %s, which needs kiss.cluster.discovery.service: what to look for",
        discovery.name().toLowerCase(Locale.ROOT));
    require(
        discovery == Discovery.SEEDS || seedNodes.isEmpty(),
        "kiss.cluster.seed-nodes are given, and kiss.cluster.discovery.method is %s; give one of them",
        discovery.name().toLowerCase(Locale.ROOT));
    require(
        contactPoints >= 1,
        "kiss.cluster.discovery.contact-points must be at least 1, not %d",
        contactPoints);
    require(
        managementPort >= 1 && managementPort <= 65535,
        "kiss.cluster.management.port must be in 1..65535, not %d",
        managementPort);
    tls.ifPresent(ClusterSettings::requireCertificates);
  }

  /**
   * Reads {@code kiss.cluster}.
   *
   * @param config all of it, resolved
   * @throws IllegalArgumentException naming the key that makes no sense
   */
  public static ClusterSettings from(Config config) {
    Config cluster = config.getConfig("kiss.cluster");
    String host = host(cluster.getString("host"));
    String management = cluster.getString("management.host");
    String tls = cluster.getString("tls.directory");
    requirePort("kiss.cluster.port", cluster.getString("port"));
    if (!cluster.getString("bind-port").isEmpty()) {
      requirePort("kiss.cluster.bind-port", cluster.getString("bind-port"));
    }
    return new ClusterSettings(
        list(cluster, "roles"),
        host,
        list(cluster, "seed-nodes"),
        discovery(cluster.getString("discovery.method")),
        cluster.getString("discovery.service"),
        cluster.getInt("discovery.contact-points"),
        management.isEmpty() ? host : host(management),
        cluster.getInt("management.port"),
        tls.isEmpty() ? Optional.empty() : Optional.of(Path.of(tls).toAbsolutePath().normalize()));
  }

  private static String host(String told) {
    if (!told.equals(AUTO)) {
      return told;
    }
    try {
      return InetAddress.getLocalHost().getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(
          "kiss.cluster.host is auto, but this machine does not know its own address; give it", e);
    }
  }

  private static Discovery discovery(String name) {
    return Arrays.stream(Discovery.values())
        .filter(method -> method.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "kiss.cluster.discovery.method must be seeds, dns or kubernetes, not '%s'"
                        .formatted(name)));
  }

  /** A list, or what stands between commas, since the environment knows no lists. */
  private static List<String> list(Config config, String key) {
    return config.getValue(key).valueType() == ConfigValueType.LIST
        ? config.getStringList(key)
        : Arrays.stream(config.getString(key).split(","))
            .map(String::strip)
            .filter(item -> !item.isEmpty())
            .toList();
  }

  private static void requireCertificates(Path folder) {
    for (String name : CERTIFICATES) {
      require(
          Files.isReadable(folder.resolve(name)),
          "kiss.cluster.tls.directory is %s, but there is no readable %s in it; conf/tls/make-test-certificates makes such a folder",
          folder,
          name);
    }
  }

  /** One that Akka reads; 0 takes any that is free. */
  private static void requirePort(String key, String text) {
    require(
        text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= 65535,
        "%s must be in 0..65535, not '%s'",
        key,
        text);
  }

  private static boolean isPort(String text) {
    int port = Integer.parseInt(text);
    return port >= 1 && port <= 65535;
  }

  private static void require(boolean holds, String sentence, Object... values) {
    if (!holds) {
      throw new IllegalArgumentException(sentence.formatted(values));
    }
  }

  /** Whether what a node of these roles does is kept in a database. */
  static boolean needDatabase(List<String> roles) {
    return roles.stream().anyMatch(KEEPING::contains);
  }

  /**
   * Whether nodes of these roles leave some of what is kept to others, who need the same database.
   */
  static boolean shareDatabase(List<String> roles) {
    return needDatabase(roles) && !roles.containsAll(KEEPING);
  }

  /** Whether Akka Management finds the others. */
  boolean bootstraps() {
    return discovery != Discovery.SEEDS;
  }

  /** The same in Akka's words; wins over all else that is said there. */
  Config akka() {
    Map<String, Object> akka = new HashMap<>();
    akka.put("akka.remote.artery.canonical.hostname", host);
    if (!roles.isEmpty()) {
      akka.put("akka.cluster.roles", roles);
    }
    if (!seedNodes.isEmpty()) {
      akka.put(
          "akka.cluster.seed-nodes",
          seedNodes.stream().map(node -> "akka://" + Node.SYSTEM + "@" + node).toList());
    }
    if (bootstraps()) {
      bootstrap(akka);
    }
    tls.ifPresent(folder -> tls(akka, folder));
    return ConfigFactory.parseMap(akka, "kiss.cluster");
  }

  private void bootstrap(Map<String, Object> akka) {
    akka.put("akka.management.http.hostname", managementHost);
    akka.put("akka.management.http.port", managementPort);
    akka.put("akka.management.http.route-providers-read-only", true);
    String bootstrap = "akka.management.cluster.bootstrap.";
    akka.put(
        bootstrap + "new-cluster-enabled",
        roles.isEmpty() || roles.contains(ControllerSingleton.ROLE));
    akka.put(bootstrap + "contact-point.fallback-port", managementPort);
    String discover = bootstrap + "contact-point-discovery.";
    akka.put(discover + "service-name", service);
    akka.put(discover + "required-contact-point-nr", contactPoints);
    if (discovery == Discovery.DNS) {
      akka.put("akka.discovery.method", "akka-dns");
      akka.put(discover + "discovery-method", "akka-dns");
      // Plain addresses, no SRV records: those of a docker-compose service.
      akka.put(discover + "port-name", "");
      akka.put(discover + "protocol", "");
    } else {
      akka.put("akka.discovery.method", "kubernetes-api");
      akka.put(discover + "discovery-method", "kubernetes-api");
      akka.put(discover + "port-name", "management");
      // Addresses, not names in pod.cluster.local, which not every cluster's DNS answers.
      akka.put("akka.discovery.kubernetes-api.use-raw-ip", true);
      akka.put(
          "akka.discovery.kubernetes-api.pod-label-selector",
          service.contains("=") ? service : "app=" + service);
    }
  }

  private static void tls(Map<String, Object> akka, Path folder) {
    akka.put("akka.remote.artery.transport", "tls-tcp");
    String ssl = "akka.remote.artery.ssl.";
    akka.put(
        ssl + "ssl-engine-provider", "akka.remote.artery.tcp.ssl.RotatingKeysSSLEngineProvider");
    String keys = ssl + "rotating-keys-engine.";
    akka.put(keys + "secret-mount-point", folder.toString());
    akka.put(keys + "ca-cert-file", folder.resolve("ca.crt").toString());
    akka.put(keys + "cert-file", folder.resolve("node.crt").toString());
    akka.put(keys + "key-file", folder.resolve("node.key").toString());
  }
}
