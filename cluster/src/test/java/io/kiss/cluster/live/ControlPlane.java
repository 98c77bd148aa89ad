package io.kiss.cluster.live;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * One namespace of a real control plane with a Deployment in it, and a kubeconfig for the account
 * that the shipped roles are bound to. Everything it made is deleted at the end.
 */
public final class ControlPlane implements AutoCloseable {
  private static final Path SHIPPED = Path.of("../conf/kubernetes");
  private static final Duration A_WHILE = Duration.ofSeconds(60);

  private final KubernetesClient admin;
  private final String namespace;
  private final String accounts;
  private final List<ClusterRole> madeRoles = new ArrayList<>();

  public ControlPlane(File kubeconfig, String namespace) {
    Config config = Config.fromKubeconfig(kubeconfig);
    config.setRequestRetryBackoffLimit(3);
    admin = new KubernetesClientBuilder().withConfig(config).build();
    this.namespace = namespace;
    accounts = namespace + "-kiss";
    List.of(namespace, accounts)
        .forEach(
            name ->
                admin
                    .resource(new NamespaceBuilder().withNewMetadata().withName(name).and().build())
                    .create());
  }

  /** A kubeconfig of an account that may do what the shipped roles say in this namespace alone. */
  Path leastPrivilege(Path folder) throws IOException {
    String token = leastPrivilege();
    return Files.writeString(
        folder.resolve("kubeconfig"), kubeconfig(admin.getConfiguration().getMasterUrl(), token));
  }

  /** A token of such an account. */
  public String leastPrivilege() throws IOException {
    admin
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName("scaler")
                .withNamespace(accounts)
                .endMetadata()
                .build())
        .create();
    for (ClusterRole role : shipped("base/rbac.yaml", ClusterRole.class)) {
      role.getMetadata().setName(own(role.getMetadata().getName()));
      madeRoles.add(admin.resource(role).create());
    }
    shipped("attach/namespace-access.yaml", RoleBinding.class).forEach(this::bind);
    TokenRequest request =
        admin
            .serviceAccounts()
            .inNamespace(accounts)
            .withName("scaler")
            .tokenRequest(
                new TokenRequestBuilder()
                    .withNewSpec()
                    .withExpirationSeconds(Duration.ofHours(2).toSeconds())
                    .endSpec()
                    .build());
    return request.getStatus().getToken();
  }

  /** Connects to the API server, as nobody yet. */
  public Socket connect() throws IOException {
    URI server = URI.create(admin.getConfiguration().getMasterUrl());
    try {
      Config nobody =
          new ConfigBuilder(admin.getConfiguration())
              .withClientCertData(null)
              .withClientCertFile(null)
              .withClientKeyData(null)
              .withClientKeyFile(null)
              .build();
      return SSLUtils.sslContext(nobody)
          .getSocketFactory()
          .createSocket(server.getHost(), server.getPort());
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private void bind(RoleBinding binding) {
    binding.getSubjects().forEach(subject -> subject.setNamespace(accounts));
    binding.getRoleRef().setName(own(binding.getRoleRef().getName()));
    admin.resource(binding).inNamespace(namespace).create();
  }

  /** Roles of a cluster are everybody's: tests run side by side, and each deletes its own. */
  private String own(String role) {
    return role + "-" + namespace;
  }

  /** What a client reads that reaches the API server there. */
  public String kubeconfig(String server, String token) throws IOException {
    Config config = admin.getConfiguration();
    String ca =
        config.getCaCertData() != null
            ? config.getCaCertData()
            : Base64.getEncoder()
                .encodeToString(Files.readAllBytes(Path.of(config.getCaCertFile())));
    return """
        apiVersion: v1
        kind: Config
        current-context: live
        clusters: [{name: live, cluster: {server: "%s", certificate-authority-data: "%s"}}]
        users: [{name: scaler, user: {token: "%s"}}]
        contexts: [{name: live, context: {cluster: live, user: scaler}}]
        """
        .formatted(server, ca, token);
  }

  private <T extends HasMetadata> List<T> shipped(String file, Class<T> type) throws IOException {
    try (InputStream yaml = Files.newInputStream(SHIPPED.resolve(file))) {
      return admin.load(yaml).items().stream().filter(type::isInstance).map(type::cast).toList();
    }
  }

  /** A Deployment of pods with a GPU each, which take so long to become ready. */
  public void deploy(String name, int replicas, int startupSeconds) {
    String yaml =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %1$s, labels: {app: %1$s}}
        spec:
          replicas: %2$d
          selector: {matchLabels: {app: %1$s}}
          template:
            metadata:
              labels: {app: %1$s}
              annotations: {fake.kubelet/startup-seconds: "%3$d"}
            spec:
              containers:
                - {name: vllm, image: vllm, resources: {limits: {nvidia.com/gpu: "1"}}}
        """
            .formatted(name, replicas, startupSeconds);
    admin
        .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
        .inNamespace(namespace)
        .create();
    await().atMost(A_WHILE).until(() -> ready(name) == replicas);
  }

  /** Somebody else, who may do everything, wants so many. */
  public void scale(String name, int replicas) {
    admin.apps().deployments().inNamespace(namespace).withName(name).scale(replicas);
  }

  public int desired(String name) {
    return deployment(name).getSpec().getReplicas();
  }

  /** How often the specification was written; each scaling is once. */
  public long generation(String name) {
    return deployment(name).getMetadata().getGeneration();
  }

  int ready(String name) {
    Integer ready = deployment(name).getStatus().getReadyReplicas();
    return ready == null ? 0 : ready;
  }

  private Deployment deployment(String name) {
    return admin.apps().deployments().inNamespace(namespace).withName(name).get();
  }

  long pending() {
    return admin.pods().inNamespace(namespace).list().getItems().stream()
        .map(Pod::getStatus)
        .filter(status -> status.getPhase().equals("Pending"))
        .count();
  }

  /** Events that KIS-S wrote on this object. */
  List<Event> events(String name) {
    return admin.v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getName().equals(name))
        .filter(event -> "kiss".equals(event.getSource().getComponent()))
        .toList();
  }

  /** Who holds the namespace; empty: nobody. */
  String holder() {
    Lease lease = admin.leases().inNamespace(namespace).withName("kiss-scaler").get();
    String holder = lease == null ? null : lease.getSpec().getHolderIdentity();
    return holder == null ? "" : holder;
  }

  @Override
  public void close() {
    madeRoles.forEach(role -> admin.resource(role).delete());
    List.of(namespace, accounts).forEach(name -> admin.namespaces().withName(name).delete());
    admin.close();
  }
}
