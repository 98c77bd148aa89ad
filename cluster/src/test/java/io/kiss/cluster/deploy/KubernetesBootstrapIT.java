package io.kiss.cluster.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kiss.cluster.KissProcess;
import io.kiss.cluster.SharedDatabase;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes that find each other by the API server of {@code KISS_IT_KUBECONFIG}, as in a pod: with the
 * environment and the ports that the manifests give their role, their role's account, and what the
 * shipped Role lets it do. Their pods exist in that server; what a kubelet would report of them
 * this test does, and runs each as a process on a loopback address of its own, the pod's.
 */
@Tag("slow")
class KubernetesBootstrapIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration FOUND = Duration.ofMinutes(3);
  private static final String TOKEN = "operator-of-the-pods";
  private static final Path BASE = KubernetesManifestsTest.FOLDER.resolve("base");

  @TempDir Path folder;

  private final String namespace = "kiss-it-boot-" + ProcessHandle.current().pid();
  private final Map<String, Running> running = new LinkedHashMap<>();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
  private KubernetesClient admin;
  private SharedDatabase database;

  private record Running(String role, String address, KissProcess process) {}

  @BeforeEach
  void connect() throws Exception {
    String kubeconfig = System.getenv("KISS_IT_KUBECONFIG");
    assumeTrue(
        kubeconfig != null && !kubeconfig.isEmpty(),
        "KISS_IT_KUBECONFIG names no API server to play with");
    Config config = Config.fromKubeconfig(new File(kubeconfig));
    admin = new KubernetesClientBuilder().withConfig(config).build();
    admin
        .resource(
            new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
        .create();
    database = SharedDatabase.start();
    Set<String> access = Set.of("ServiceAccount", "Role", "RoleBinding");
    for (JsonNode object : Kustomization.render(BASE)) {
      if (access.contains(object.path("kind").asText())) {
        admin
            .resource(Serialization.unmarshal(here(object), GenericKubernetesResource.class))
            .create();
      }
    }
  }

  /** The manifests' namespace is this test's. */
  private String here(JsonNode object) {
    ObjectNode moved = object.deepCopy();
    ((ObjectNode) moved.path("metadata")).put("namespace", namespace);
    moved.path("subjects").forEach(subject -> ((ObjectNode) subject).put("namespace", namespace));
    return moved.toString();
  }

  @AfterEach
  void stop() throws Exception {
    for (Running node : running.values()) {
      node.process().close();
    }
    if (database != null) {
      database.close();
    }
    if (admin != null) {
      admin.namespaces().withName(namespace).delete();
      admin.close();
    }
  }

  /** The pod template of a role. */
  private static JsonNode template(String role) {
    return Kustomization.render(BASE).stream()
        .filter(object -> object.path("kind").asText().equals("Deployment"))
        .filter(object -> object.at("/metadata/name").asText().equals(role))
        .findFirst()
        .orElseThrow()
        .at("/spec/template");
  }

  /** Makes the pod, reports it as running at that address, and starts what runs in it. */
  private void start(String name, String role, String address) throws IOException {
    JsonNode template = template(role);
    Pod pod =
        new PodBuilder(Serialization.unmarshal(template.toString(), Pod.class))
            .withApiVersion("v1")
            .withKind("Pod")
            .editMetadata()
            .withName(name)
            .withNamespace(namespace)
            .endMetadata()
            .editSpec()
            // No scheduler and no kubelet: whatever is said of it this test says.
            .withSchedulerName("nobody")
            .endSpec()
            .build();
    await()
        .atMost(FOUND)
        .ignoreExceptions()
        .until(() -> admin.resource(pod).create().getMetadata().getUid() != null);
    admin
        .pods()
        .inNamespace(namespace)
        .withName(name)
        .editStatus(found -> new PodBuilder(found).withStatus(report(address).build()).build());
    running.put(name, new Running(role, address, process(name, role, address, template)));
  }

  private static PodStatusBuilder report(String address) {
    return new PodStatusBuilder()
        .withPhase("Running")
        .withPodIP(address)
        .addNewPodIP(address)
        .addNewContainerStatus()
        .withName("kiss")
        .withImage("kiss")
        .withImageID("kiss")
        .withRestartCount(0)
        .withReady(true)
        .withStarted(true)
        .withNewState()
        .withNewRunning()
        .endRunning()
        .endState()
        .endContainerStatus();
  }

  private KissProcess process(String name, String role, String address, JsonNode template)
      throws IOException {
    Path home = Files.createDirectories(folder.resolve(name));
    Path secrets = mount(home, role);
    URI server = URI.create(admin.getConfiguration().getMasterUrl());
    Map<String, String> environment = environment(template, address);
    environment.put("KUBERNETES_SERVICE_HOST", server.getHost());
    environment.put("KUBERNETES_SERVICE_PORT", Integer.toString(server.getPort()));
    // All pods share this machine: each listens at its own address, at the same ports.
    environment.put("KISS_HTTP_HOST", address);
    environment.put("OMP_NUM_THREADS", "1");
    String discovery = "-Dakka.discovery.kubernetes-api.";
    return KissProcess.start(
        home,
        List.of(),
        List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            discovery + "api-ca-path=" + secrets.resolve("ca.crt"),
            discovery + "api-token-path=" + secrets.resolve("token"),
            discovery + "pod-namespace-path=" + secrets.resolve("namespace")),
        environment,
        template.at("/spec/containers/0/args/0").asText(),
        "--port",
        "8080",
        "--data",
        home.resolve("data").toString());
  }

  /** What a kubelet mounts at {@code /var/run/secrets/kubernetes.io/serviceaccount}. */
  private Path mount(Path home, String role) throws IOException {
    String token =
        admin
            .serviceAccounts()
            .inNamespace(namespace)
            .withName(role)
            .tokenRequest(
                new TokenRequestBuilder()
                    .withNewSpec()
                    .withExpirationSeconds(3600L)
                    .endSpec()
                    .build())
            .getStatus()
            .getToken();
    Path secrets = Files.createDirectories(home.resolve("serviceaccount"));
    Config config = admin.getConfiguration();
    Files.write(
        secrets.resolve("ca.crt"),
        config.getCaCertData() != null
            ? Base64.getDecoder().decode(config.getCaCertData())
            : Files.readAllBytes(Path.of(config.getCaCertFile())));
    Files.writeString(secrets.resolve("token"), token);
    Files.writeString(secrets.resolve("namespace"), namespace);
    return secrets;
  }

  private Map<String, String> environment(JsonNode template, String address) {
    Map<String, String> secret =
        Map.of(
            "operator-token", TOKEN,
            "viewer-token", "viewer-of-the-pods",
            "database-url", database.url("127.0.0.1"),
            "database-user", "kiss",
            "database-password", "");
    Map<String, String> environment = new HashMap<>();
    for (JsonNode variable : template.at("/spec/containers/0/env")) {
      JsonNode from = variable.path("valueFrom");
      String value = variable.path("value").asText();
      if (from.has("secretKeyRef")) {
        value = secret.get(from.at("/secretKeyRef/key").asText());
      } else if (from.has("fieldRef")) {
        assertThat(from.at("/fieldRef/fieldPath").asText()).isEqualTo("status.podIP");
        value = address;
      }
      environment.put(variable.path("name").asText(), value);
    }
    return environment;
  }

  /** Addresses of the members that are up and reachable, as that one knows them. */
  private Optional<Set<String>> members(String address) {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create("http://" + address + ":8080/api/v1/cluster"))
                  .timeout(Duration.ofSeconds(3))
                  .header("Authorization", "Bearer " + TOKEN)
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      Set<String> up = new TreeSet<>();
      for (JsonNode member : JSON.readTree(answer.body()).path("members")) {
        if (member.path("status").asText().equals("up") && member.path("reachable").asBoolean()) {
          up.add(member.path("address").asText().replaceAll(".*@|:\\d+$", ""));
        }
      }
      return Optional.of(up);
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitOneClusterOf(String... addresses) {
    try {
      await()
          .atMost(FOUND)
          .pollInterval(Duration.ofMillis(500))
          .until(
              () ->
                  running.values().stream()
                      .allMatch(
                          node -> members(node.address()).equals(Optional.of(Set.of(addresses)))));
    } catch (RuntimeException e) {
      StringBuilder all = new StringBuilder("no cluster of " + List.of(addresses));
      running.forEach(
          (name, node) ->
              all.append("\n==== ")
                  .append(name)
                  .append(members(node.address()))
                  .append('\n')
                  .append(node.process().transcript()));
      throw new AssertionError(all.toString(), e);
    }
  }

  /** As when Kubernetes deletes a pod: it is asked to stop, and gone from the API. */
  private void stop(String name) throws InterruptedException {
    Running node = running.remove(name);
    node.process().interrupt();
    assertThat(node.process().exitCode(Duration.ofSeconds(60)))
        .as(node.process().transcript())
        .isEqualTo(143);
    admin.pods().inNamespace(namespace).withName(name).withGracePeriod(0).delete();
  }

  @Test
  void podsFindEachOtherByTheApiServerAndOneThatWasReplacedFindsThemAgain() throws Exception {
    // Only one of role control makes up a cluster: this one has to wait for them.
    start("rollout-0", "rollout", "127.0.0.4");
    start("control-0", "control", "127.0.0.1");
    start("control-1", "control", "127.0.0.2");
    start("control-2", "control", "127.0.0.3");
    awaitOneClusterOf("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4");

    stop("control-0");
    awaitOneClusterOf("127.0.0.2", "127.0.0.3", "127.0.0.4");

    start("control-3", "control", "127.0.0.5");
    start("scaler-0", "scaler", "127.0.0.6");
    awaitOneClusterOf("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6");
  }
}
