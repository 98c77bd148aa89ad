package io.kiss.cluster.kubernetes;

import com.fasterxml.jackson.databind.JsonMappingException;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * How an API server is reached, and as whom.
 *
 * @param kubeconfig a kubeconfig file; empty: with the service account of the pod this runs in
 * @param context of that file; empty: its current one
 */
public record KubernetesAccess(Optional<Path> kubeconfig, Optional<String> context) {
  private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  public KubernetesAccess {
    if (kubeconfig.isEmpty() && context.isPresent()) {
      throw new IllegalArgumentException(
          "context '" + context.get() + "' wants a kubeconfig file to find it in");
    }
  }

  /** By the service account of the pod this runs in. */
  public static KubernetesAccess inCluster() {
    return new KubernetesAccess(Optional.empty(), Optional.empty());
  }

  /** By a kubeconfig file. */
  public static KubernetesAccess kubeconfig(Path file, Optional<String> context) {
    return new KubernetesAccess(Optional.of(file), context);
  }

  /**
   * What the client is configured with; throws {@link IllegalArgumentException} with a sentence.
   */
  Config config() {
    return kubeconfig.map(this::fromFile).orElseGet(() -> fromAccount(System.getenv(), ACCOUNT));
  }

  /**
   * Refuses what a client could not be configured with on this machine; nothing is asked of the
   * server.
   *
   * @throws IllegalArgumentException with a sentence
   */
  public void requireUsable() {
    config();
  }

  private static void requireReadable(Path kubeconfig) {
    if (!Files.isReadable(kubeconfig) || Files.isDirectory(kubeconfig)) {
      throw new IllegalArgumentException("cannot read the kubeconfig " + kubeconfig);
    }
  }

  private Config fromFile(Path file) {
    requireReadable(file);
    Config config;
    try {
      config = Config.fromKubeconfig(context.orElse(null), file.toFile());
    } catch (RuntimeException e) {
      // Without the cause, which quotes what stands there: that may be a token.
      throw new IllegalArgumentException(
          file + " is not a kubeconfig that can be used" + where(e) + "; see kubectl config view");
    }
    List<String> contexts =
        config.getContexts() == null
            ? List.of()
            : config.getContexts().stream().map(NamedContext::getName).toList();
    if (contexts.isEmpty()) {
      throw new IllegalArgumentException(
          file
              + " is not a kubeconfig that can be used: it has no contexts; see kubectl config view");
    }
    if (context.isPresent() && !contexts.contains(context.get())) {
      throw new IllegalArgumentException(
          "%s has no context '%s'; it has %s"
              .formatted(file, context.get(), String.join(", ", contexts)));
    }
    if (config.getCurrentContext() == null) {
      throw new IllegalArgumentException(
          file + " has no current context; name one of " + String.join(", ", contexts));
    }
    return config;
  }

  /** Line and key of what cannot be used, where they are known; never what stands there. */
  private static String where(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof MarkedYamlEngineException yaml && yaml.getProblemMark().isPresent()) {
        return ": line " + (yaml.getProblemMark().get().getLine() + 1) + " is no YAML";
      }
      if (e instanceof JsonMappingException json && !json.getPath().isEmpty()) {
        return ": " + key(json.getPath()) + " is not what a kubeconfig has there";
      }
    }
    return "";
  }

  private static String key(List<JsonMappingException.Reference> path) {
    StringBuilder key = new StringBuilder();
    for (JsonMappingException.Reference step : path) {
      if (step.getFieldName() == null) {
        key.append('[').append(step.getIndex()).append(']');
      } else {
        key.append(key.isEmpty() ? "" : ".").append(step.getFieldName());
      }
    }
    return key.toString();
  }

  /** The token's file is read with every request, since kubelet replaces it every hour. */
  static Config fromAccount(Map<String, String> environment, Path account) {
    String host = environment.get("KUBERNETES_SERVICE_HOST");
    Path token = account.resolve("token");
    if (host == null || !Files.isReadable(token)) {
      throw new IllegalArgumentException(
          "this does not run in a pod with a service account (KUBERNETES_SERVICE_HOST and "
              + token
              + "); name a kubeconfig file");
    }
    String address = host.contains(":") ? "[" + host + "]" : host;
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
    return new ConfigBuilder(Config.empty())
        .withMasterUrl("https://" + address + ":" + port)
        .withCaCertFile(account.resolve("ca.crt").toString())
        .withOauthTokenProvider(() -> read(token))
        .build();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
