package io.kiss.cluster.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import io.kiss.cluster.boot.BootFailure;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The port itself: its certificate, its limits, and what it says of who may reach it. */
class AdminPortTest {
  @TempDir Path folder;

  private Path certificates() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
    Path made = folder.resolve("tls");
    String script =
        Path.of("..", "conf", "tls", "make-test-certificates").toAbsolutePath().toString();
    Process process = new ProcessBuilder(script, made.toString()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    Files.move(made.resolve("node.crt"), made.resolve("tls.crt"));
    Files.move(made.resolve("node.key"), made.resolve("tls.key"));
    return made;
  }

  private static SSLContext trusting(Path ca) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(ca)) {
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  @Test
  void withACertificateThePortSpeaksTlsAndNothingElse() throws Exception {
    Path tls = certificates();
    try (Node node =
        NodeFixture.boot(
            folder.resolve("data"), Map.of("kiss.http.tls-directory", tls.toString()))) {
      URI url = URI.create(node.url());
      assertThat(url.getScheme()).isEqualTo("https");
      SSLContext ours = trusting(tls.resolve("ca.crt"));
      try (SSLSocket socket =
          (SSLSocket) ours.getSocketFactory().createSocket(url.getHost(), url.getPort())) {
        socket.setSoTimeout(20_000);
        socket
            .getOutputStream()
            .write(
                "GET /alive HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
            .startsWith("HTTP/1.1 200")
            .endsWith("alive\n");
        assertThat(socket.getSession().getProtocol()).isIn("TLSv1.3", "TLSv1.2");
      }
      HttpRequest alive = HttpRequest.newBuilder(url.resolve("/alive")).build();
      assertThatThrownBy(
              () -> HttpClient.newHttpClient().send(alive, HttpResponse.BodyHandlers.ofString()))
          .as("who does not know the authority")
          .isInstanceOf(SSLHandshakeException.class);
      HttpRequest plain =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + url.getPort() + "/alive"))
              .build();
      assertThatThrownBy(
              () -> HttpClient.newHttpClient().send(plain, HttpResponse.BodyHandlers.ofString()))
          .isInstanceOf(java.io.IOException.class);
    }
  }

  @Test
  void aCertificateThatCannotBeReadIsSaidInOneSentence() throws Exception {
    Path tls = Files.createDirectories(folder.resolve("broken"));
    Files.writeString(tls.resolve("tls.crt"), "no certificate");
    assertThatThrownBy(
            () ->
                NodeFixture.boot(
                        folder.resolve("data"), Map.of("kiss.http.tls-directory", tls.toString()))
                    .close())
        .isInstanceOf(BootFailure.class)
        .hasMessageContaining("kiss.http.tls-directory is " + tls);
  }

  @Test
  void whoAsksTooOftenIsToldWhenToComeAgainAndWhoProbesIsNot() throws Exception {
    try (Node node =
        NodeFixture.boot(
            folder.resolve("data"),
            Map.of("kiss.http.rate.per-second", 0.01, "kiss.http.rate.burst", 2))) {
      assertThat(node.whereToAsk()).contains(node.url(), "no tokens, so local only");
      for (int i = 0; i < 2; i++) {
        assertThat(NodeFixture.call(node, "GET", "/api/v1/policies", "").statusCode())
            .isEqualTo(200);
      }
      HttpResponse<String> refused = NodeFixture.call(node, "GET", "/api/v1/policies", "");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow()))
          .isBetween(50, 100);
      assertThat(NodeFixture.call(node, "GET", "/alive", "").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void whereAskedForAChangeMustNameTheVersionItChanges() throws Exception {
    String demo = "/api/v1/clusters/local/namespaces/demo";
    try (Node node =
        NodeFixture.boot(folder.resolve("data"), Map.of("kiss.http.require-if-match", true))) {
      assertThat(NodeFixture.call(node, "PUT", demo, "{}").statusCode()).isEqualTo(201);
      HttpResponse<String> refused = NodeFixture.call(node, "PUT", demo, "{\"tickSeconds\": 60}");
      assertThat(refused.statusCode()).isEqualTo(428);
      assertThat(refused.body()).contains("If-Match");
      assertThat(NodeFixture.call(node, "GET", demo, "").body()).contains("\"tickSeconds\":15.0");
    }
  }
}
