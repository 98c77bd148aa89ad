package io.kiss.cluster.http;

import akka.http.javadsl.ConnectionContext;
import akka.http.javadsl.HttpsConnectionContext;
import akka.pki.pem.DERPrivateKeyLoader;
import akka.pki.pem.PEMDecoder;
import akka.pki.pem.PEMLoadingException;
import io.kiss.cluster.boot.BootFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The admin port's own certificate: {@code tls.crt}, with its chain, and {@code tls.key}. */
final class AdminTls {
  private static final char[] NO_PASSWORD = new char[0];

  private AdminTls() {}

  static HttpsConnectionContext read(Path folder) {
    try (InputStream in = Files.newInputStream(folder.resolve("tls.crt"))) {
      Certificate[] chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(in)
              .toArray(new Certificate[0]);
      KeyStore keys = KeyStore.getInstance(KeyStore.getDefaultType());
      keys.load(null, NO_PASSWORD);
      keys.setKeyEntry(
          "admin",
          DERPrivateKeyLoader.load(PEMDecoder.decode(Files.readString(folder.resolve("tls.key")))),
          NO_PASSWORD,
          chain);
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(keys, NO_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), null, null);
      return ConnectionContext.httpsServer(context);
    } catch (IOException | GeneralSecurityException | PEMLoadingException e) {
      throw new BootFailure(
          "kiss.http.tls-directory is %s, and its tls.crt and tls.key (PEM) cannot be used: %s"
              .formatted(folder, e.getMessage()),
          e);
    }
  }
}
