package io.kiss.cluster.prometheus;

import com.typesafe.config.Config;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a cluster's Prometheus is, and how one shows who one is. Secrets stay in their files.
 *
 * @param url up to where {@code /api/v1} begins, a path prefix included
 * @param bearerTokenFile read again as it is renewed
 * @param user with {@code passwordFile}: basic authentication
 * @param caFile PEM certificates to trust instead of the JDK's
 * @param tenant sent in the header {@code tenantHeader}
 */
public record PrometheusEndpoint(
    URI url,
    Optional<Path> bearerTokenFile,
    Optional<String> user,
    Optional<Path> passwordFile,
    Optional<Path> caFile,
    Optional<String> tenant,
    String tenantHeader) {
  /** What Mimir, Cortex and Loki call a tenant. */
  public static final String USUAL_TENANT_HEADER = "X-Scope-OrgID";

  private static final String FORM = "http://HOST[:PORT][/PATH] or https://…";
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9-]+");
  private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]+");

  public PrometheusEndpoint {
    requireUrl(url);
    if (user.isPresent() != passwordFile.isPresent()) {
      throw new IllegalArgumentException(
          "kiss.prometheus.user and kiss.prometheus.password-file go together; one is missing");
    }
    if (user.isPresent() && bearerTokenFile.isPresent()) {
      throw new IllegalArgumentException(
          "kiss.prometheus has both a bearer-token-file and a user; only one can be sent");
    }
    if (!HEADER.matcher(tenantHeader).matches()) {
      throw new IllegalArgumentException(
          "kiss.prometheus.tenant-header is no header's name: '" + tenantHeader + "'");
    }
    if (tenant.isPresent() && !PRINTABLE.matcher(tenant.get()).matches()) {
      throw new IllegalArgumentException("kiss.prometheus.tenant must be printable ASCII");
    }
  }

  /** One without login, as inside a cluster. */
  public static PrometheusEndpoint of(String url) {
    return new PrometheusEndpoint(
        parse(url),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        USUAL_TENANT_HEADER);
  }

  /** Reads {@code kiss.prometheus}; empty without a URL. */
  public static Optional<PrometheusEndpoint> from(Config prometheus) {
    return text(prometheus, "url")
        .map(
            url ->
                new PrometheusEndpoint(
                    parse(url),
                    text(prometheus, "bearer-token-file").map(Path::of),
                    text(prometheus, "user"),
                    text(prometheus, "password-file").map(Path::of),
                    text(prometheus, "ca-file").map(Path::of),
                    text(prometheus, "tenant"),
                    prometheus.getString("tenant-header")));
  }

  /** The same elsewhere, as for a cluster that only says its URL. */
  public PrometheusEndpoint at(String otherUrl) {
    return new PrometheusEndpoint(
        parse(otherUrl), bearerTokenFile, user, passwordFile, caFile, tenant, tenantHeader);
  }

  private static Optional<String> text(Config prometheus, String key) {
    return Optional.of(prometheus.getString(key)).filter(text -> !text.isBlank());
  }

  private static URI parse(String url) {
    try {
      return new URI(url.strip());
    } catch (URISyntaxException e) {
      // What was written may hold a password: it is not repeated.
      throw new IllegalArgumentException(
          "the URL of Prometheus must be %s: %s at character %d"
              .formatted(FORM, e.getReason(), e.getIndex()));
    }
  }

  private static void requireUrl(URI url) {
    if (url.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "the URL of Prometheus has a login in it, which would end up in logs; use"
              + " kiss.prometheus.user and kiss.prometheus.password-file");
    }
    boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!web || url.getHost() == null || url.getQuery() != null || url.getFragment() != null) {
      throw new IllegalArgumentException(
          "the URL of Prometheus must be %s, not '%s'".formatted(FORM, url));
    }
  }

  /** Where instant queries go. */
  URI queryUrl() {
    String base = url.toString();
    while (base.endsWith("/")) {
      base = base.substring(0, base.length() - 1);
    }
    return URI.create(base + "/api/v1/query");
  }

  @Override
  public String toString() {
    return url.toString();
  }
}
