package io.kiss.cluster.http;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.MediaType;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.Host;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Asks for the token where there is a login, and refuses what a web page of somebody else has the
 * visitor's browser send here.
 *
 * <p>Loopback keeps strangers out but not the browser of whoever sits at this machine. A page may
 * post to any address as long as it does not read the answer, so what changes something must name
 * no foreign origin and, where it has a body, be of a type that such a page cannot send unasked. A
 * page whose own name was pointed at loopback after it was loaded counts as of the same origin; its
 * name stands in {@code Host}.
 */
final class Doorkeeper {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

  private static final Set<String> OPEN =
      Set.of("/", "/kiss.css", "/kiss.js", "/alive", "/ready", "/metrics", "/openapi.yaml");
  private static final String BEARER = "Bearer";
  private static final String BASIC = "Basic";

  private final HttpSettings settings;
  private final boolean loopback;
  private final Tokens tokens;

  Doorkeeper(HttpSettings settings) {
    this.settings = settings;
    loopback = settings.isLoopback();
    tokens = new Tokens(settings);
  }

  /** Says whose request it is, or throws the {@link ApiProblem} to answer it with. */
  Caller check(HttpRequest request) {
    Optional<Host> host = request.getHeader(Host.class);
    if (loopback && host.isPresent() && !isOwn(host.get().host().address())) {
      throw new ApiProblem(
          StatusCodes.FORBIDDEN,
          "this node answers at localhost only, not at '%s'; set kiss.http.host to open it"
              .formatted(host.get().value()));
    }
    Caller caller = settings.hasLogin() && !isOpen(request) ? checkLogin(request) : Caller.LOCAL;
    if (!changesSomething(request)) {
      return caller;
    }
    for (String origin : values(request, "origin")) {
      if (host.isEmpty() || !isSame(origin, host.get().value())) {
        throw new ApiProblem(
            StatusCodes.FORBIDDEN,
            "a page of '%s' may not change anything here, only one of this node's own"
                .formatted(origin));
      }
    }
    if (!request.entity().isKnownEmpty() && !isJson(request.entity().getContentType())) {
      throw new ApiProblem(
          StatusCodes.UNSUPPORTED_MEDIA_TYPE,
          "a body must be JSON and say so: Content-Type: application/json");
    }
    return caller;
  }

  /** What probes and scrapers ask, who have no token, and what is in every copy of the product. */
  private static boolean isOpen(HttpRequest request) {
    return OPEN.contains(request.getUri().path());
  }

  private Caller checkLogin(HttpRequest request) {
    List<String> told = values(request, "authorization");
    String token =
        (told.size() == 1 ? token(told.get(0)) : Optional.<String>empty())
            .orElseThrow(
                () ->
                    new ApiProblem(
                        StatusCodes.UNAUTHORIZED,
                        "this needs a token: Authorization: Bearer TOKEN"));
    Caller caller =
        tokens
            .find(token)
            .orElseThrow(
                () -> new ApiProblem(StatusCodes.UNAUTHORIZED, "the token is none of this node's"));
    if (caller.role() != Caller.Role.OPERATOR && changesSomething(request)) {
      throw new ApiProblem(
          StatusCodes.FORBIDDEN,
          "this token is a viewer's; to change something takes an operator's");
    }
    return caller;
  }

  /** The token; a browser, which knows no bearers, brings it as the password of any user. */
  private static Optional<String> token(String authorization) {
    String[] parts = authorization.strip().split(" +", 2);
    if (parts.length == 2 && parts[0].equalsIgnoreCase(BEARER)) {
      return Optional.of(parts[1]);
    }
    if (parts.length == 2 && parts[0].equalsIgnoreCase(BASIC)) {
      try {
        String pair = new String(Base64.getDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        return Optional.of(pair.substring(pair.indexOf(':') + 1));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private boolean isOwn(String name) {
    String plain = name.toLowerCase(Locale.ROOT).replaceAll("^\\[|]$", "");
    return LOOPBACK.contains(plain) || plain.equalsIgnoreCase(settings.host());
  }

  static boolean changesSomething(HttpRequest request) {
    return !Set.of(HttpMethods.GET, HttpMethods.HEAD, HttpMethods.OPTIONS)
        .contains(request.method());
  }

  private static List<String> values(HttpRequest request, String header) {
    return java.util.stream.StreamSupport.stream(request.getHeaders().spliterator(), false)
        .filter(found -> found.is(header))
        .map(HttpHeader::value)
        .toList();
  }

  /** A browser leaves out the port its scheme has anyway, here and there alike or not. */
  private static boolean isSame(String origin, String host) {
    for (String[] scheme : new String[][] {{"http://", ":80"}, {"https://", ":443"}}) {
      if (origin.startsWith(scheme[0])) {
        return without(origin.substring(scheme[0].length()), scheme[1])
            .equalsIgnoreCase(without(host, scheme[1]));
      }
    }
    return false;
  }

  private static String without(String authority, String port) {
    return authority.endsWith("]" + port) || authority.matches("[^:]*" + port)
        ? authority.substring(0, authority.length() - port.length())
        : authority;
  }

  private static boolean isJson(ContentType type) {
    MediaType is = type.mediaType();
    return is.mainType().equals(MediaTypes.APPLICATION_JSON.mainType())
        && is.subType().equals(MediaTypes.APPLICATION_JSON.subType());
  }
}
