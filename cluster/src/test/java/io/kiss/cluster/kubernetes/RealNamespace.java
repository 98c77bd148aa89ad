package io.kiss.cluster.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The {@link RealServer} for a class of tests, and for each test a namespace of its own on it that
 * is deleted afterwards. The class is skipped where there is no server.
 */
final class RealNamespace
    implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
  private RealServer server;
  private String name;

  @Override
  public void beforeAll(ExtensionContext context) {
    server = RealServer.connect();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (server != null) {
      server.close();
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    name = server.makeNamespace();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (name != null) {
      server.deleteNamespace(name);
    }
  }

  RealServer server() {
    return server;
  }

  String name() {
    return name;
  }

  /** As the account that the shipped roles are bound to there. */
  Config access() {
    return server.as("kiss:scaler");
  }

  KubernetesClient admin() {
    return server.client();
  }
}
