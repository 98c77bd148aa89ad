package io.kiss.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long before the end of a lease writing ends, by a clock of the test's own. */
class ScaleWriterTest extends KubernetesFixture {
  private static final Duration REQUEST = Duration.ofSeconds(2);

  private final MockApiServer mock = new MockApiServer(false);
  private final KubernetesClient client = mock.client();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final KubernetesSettings settings =
      settings(Map.of("request-timeout", "2s", "lease-duration", "15s", "lease-margin", "3s"));
  private FaultyProxy proxy;
  private ApiServer server;
  private Leases leases;
  private ScaleWriter writer;

  @BeforeEach
  void stand() throws IOException {
    URI url = URI.create(client.getMasterUrl().toString());
    proxy =
        new FaultyProxy(
            InetAddress.getLoopbackAddress(),
            () -> new Socket(url.getHost(), url.getPort()),
            from -> listening());
    server = new ApiServer("test", access(), settings);
    leases = new Leases(server, settings, nanos::get);
    writer = new ScaleWriter(server, settings, leases);
  }

  private FaultyProxy.Tap listening() {
    return new FaultyProxy.Tap() {
      @Override
      public boolean request(String line) {
        asked.add(line);
        return true;
      }

      @Override
      public void answer(String line, String text) {}
    };
  }

  @AfterEach
  void leave() throws IOException {
    server.close();
    proxy.close();
    mock.close();
  }

  @Override
  KubernetesClient admin() {
    return client;
  }

  @Override
  Config access() {
    return new ConfigBuilder(client.getConfiguration())
        .withMasterUrl("http://127.0.0.1:" + proxy.port())
        .build();
  }

  @Override
  String namespace() {
    return "team";
  }

  private Deployment web() {
    return client.apps().deployments().inNamespace("team").withName("web").get();
  }

  private void write(int replicas) {
    String version = web().getMetadata().getResourceVersion();
    get(writer.write("team", "web", replicas, version, "load"));
  }

  /** Those about the object; events are told besides, at any time. */
  private long requests() {
    return asked.stream().filter(line -> line.contains("/deployments/web")).count();
  }

  @Test
  void aWriteBeginsOnlyWhereTheLeaseOutlastsAllRequestsOfIt() {
    deploy("web", 1, "");
    get(leases.hold("team", "me"));
    Duration sure = Duration.ofSeconds(15 - 3);
    asked.clear();
    write(2);
    // Each of them may last as long as a request may.
    nanos.set(sure.minus(REQUEST.multipliedBy(requests())).toNanos());
    write(3);
    nanos.incrementAndGet();
    asked.clear();
    assertThatThrownBy(() -> write(4)).hasMessageContaining("less than its two requests may take");
    assertThat(requests()).isZero();
    assertThat(web().getSpec().getReplicas()).isEqualTo(3);
  }
}
