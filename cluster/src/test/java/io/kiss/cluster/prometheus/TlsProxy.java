package io.kiss.cluster.prometheus;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** HTTPS in front of a server, with a certificate that only its own file vouches for. */
final class TlsProxy implements AutoCloseable {
  private final HttpClient http = HttpClient.newHttpClient();
  private final HttpsServer server;
  private final Path certificate;
  private final String target;

  private TlsProxy(HttpsServer server, Path certificate, String target) {
    this.server = server;
    this.certificate = certificate;
    this.target = target;
  }

  static TlsProxy start(Path folder, String target) throws Exception {
    Path certificate = folder.resolve("ca.pem");
    Path key = folder.resolve("key.pem");
    Path both = folder.resolve("both.p12");
    run(
        List.of(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "1",
            "-subj",
            "/CN=127.0.0.1",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            key.toString(),
            "-out",
            certificate.toString()));
    run(
        List.of(
            "openssl",
            "pkcs12",
            "-export",
            "-in",
            certificate.toString(),
            "-inkey",
            key.toString(),
            "-out",
            both.toString(),
            "-passout",
            "pass:test"));
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(both)) {
      store.load(in, "test".toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, "test".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    TlsProxy proxy = new TlsProxy(server, certificate, target);
    server.createContext("/", proxy::forward);
    server.start();
    return proxy;
  }

  private static void run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
  }

  private void forward(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body =
          http.send(
                  HttpRequest.newBuilder(URI.create(target + exchange.getRequestURI())).build(),
                  HttpResponse.BodyHandlers.ofByteArray())
              .body();
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  String url() {
    return "https://127.0.0.1:" + server.getAddress().getPort();
  }

  Path certificate() {
    return certificate;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
