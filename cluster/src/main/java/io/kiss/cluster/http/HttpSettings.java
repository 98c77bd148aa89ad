package io.kiss.cluster.http;

import com.typesafe.config.Config;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * Where the admin API listens.
 *
 * @param port 0: any free one
 * @param askTimeout how long an actor may take to answer before the caller is told 503
 */
public record HttpSettings(String host, int port, Duration askTimeout) {

  public HttpSettings {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("kiss.http.port must be in 0..65535, not " + port);
    }
    if (askTimeout.isZero() || askTimeout.isNegative()) {
      throw new IllegalArgumentException("kiss.http.ask-timeout must be positive");
    }
  }

  /** Whether only programs of this machine reach the API. */
  boolean isLoopback() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      // Listening there will fail and say so.
      return false;
    }
  }

  /** Reads {@code kiss.http}. */
  public static HttpSettings from(Config http) {
    return new HttpSettings(
        http.getString("host"), http.getInt("port"), http.getDuration("ask-timeout"));
  }
}
