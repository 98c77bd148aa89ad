package io.kiss.cluster.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/**
 * fabric8's mock server, which keeps objects, versions and watches. Where a connection of it is
 * lost at the wrong moment, a thread of it waits for half a minute to have written to it, and the
 * server cannot be stopped meanwhile; its own JUnit extension fails a test for that.
 */
public final class MockApiServer implements AutoCloseable {
  private final KubernetesMockServer server;
  private final KubernetesClient client;

  public MockApiServer(boolean https) {
    Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
    server =
        new KubernetesMockServer(
            new Context(Serialization.jsonMapper()),
            new MockWebServer(),
            responses,
            new KubernetesMixedDispatcher(responses),
            https);
    server.init();
    client = server.createClient();
  }

  /** Answers to expect besides those that come of its objects. */
  KubernetesMockServer server() {
    return server;
  }

  /** Somebody who may do everything. */
  public KubernetesClient client() {
    return client;
  }

  @Override
  public void close() {
    client.close();
    try {
      server.destroy();
    } catch (IllegalStateException e) {
      System.out.println("the mock server is left behind: " + e.getMessage());
    }
  }
}
