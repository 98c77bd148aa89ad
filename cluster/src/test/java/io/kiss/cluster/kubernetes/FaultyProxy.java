package io.kiss.cluster.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stands before an API server and passes bytes on, unless told to fail. Of requests in the clear it
 * can also fail single ones, and it ends watches when the client has asked for that, as API servers
 * do and fabric8's mock does not.
 */
public final class FaultyProxy implements AutoCloseable {
  private static final Pattern TIMEOUT = Pattern.compile("^GET \\S*timeoutSeconds=(\\d+)");
  private static final Pattern REQUEST = Pattern.compile("^[A-Z]+ /\\S* HTTP/1\\.1$");

  private enum State {
    WELL,
    SILENT,
    DOWN
  }

  private record Fault(Predicate<String> request, String answer, AtomicInteger times) {}

  /** Connects to what is behind. */
  @FunctionalInterface
  public interface Upstream {
    Socket connect() throws IOException;
  }

  /** Is told what passes in the clear, in the thread that passes it on. */
  public interface Tap {
    /** A request's first line, before the server has any of it; cuts the connection if false. */
    boolean request(String line);

    /** What the server said to that request, from the status line on, before the client has it. */
    void answer(String line, String text);
  }

  /** Looks away. */
  public static final Tap UNSEEN =
      new Tap() {
        @Override
        public boolean request(String line) {
          return true;
        }

        @Override
        public void answer(String line, String text) {}
      };

  private final Upstream upstream;
  private final Function<InetAddress, Tap> taps;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService pumps = Executors.newCachedThreadPool();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private volatile State state = State.WELL;
  private volatile Fault fault = new Fault(line -> false, null, new AtomicInteger());
  private volatile Duration ahead;

  FaultyProxy(String host, int upstream) throws IOException {
    this(InetAddress.getLoopbackAddress(), () -> new Socket(host, upstream), client -> UNSEEN);
  }

  /**
   * Before anything, which may speak TLS although the client does not.
   *
   * @param at where it listens
   * @param taps by the client's address
   */
  public FaultyProxy(InetAddress at, Upstream upstream, Function<InetAddress, Tap> taps)
      throws IOException {
    this.upstream = upstream;
    this.taps = taps;
    listener = new ServerSocket(0, 50, at);
    pumps.execute(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Connections stay as they are, and nothing travels on them any more: half open. */
  public void goSilent() {
    state = State.SILENT;
  }

  /** Every connection is cut, and each new one. */
  void goDown() {
    state = State.DOWN;
    dropAll();
  }

  /** New connections work; those that were silenced are lost. */
  public void recover() {
    state = State.WELL;
    dropAll();
  }

  void dropAll() {
    open.forEach(FaultyProxy::close);
  }

  /** Answers so many requests whose first line matches in the server's stead. */
  void answer(Predicate<String> request, int times, String status, String body) {
    String answer =
        "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
            .formatted(status, body.length(), body);
    fault = new Fault(request, answer, new AtomicInteger(times));
  }

  /** The server gets so many requests whose first line matches, and their answers get lost. */
  void loseAnswers(Predicate<String> request, int times) {
    fault = new Fault(request, null, new AtomicInteger(times));
  }

  /**
   * From now on the server's clock, as its answers' headers tell it, is ahead of ours by so much.
   */
  void setServersClockAhead(Duration by) {
    ahead = by;
  }

  /** How many of the failures told are still to come. */
  int faultsLeft() {
    return Math.max(0, fault.times().get());
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (state == State.DOWN) {
          client.close();
          continue;
        }
        Socket server = upstream.connect();
        open.add(client);
        open.add(server);
        Exchange exchange = new Exchange(taps.apply(client.getInetAddress()));
        pumps.execute(() -> pump(client, server, server, exchange, true));
        pumps.execute(() -> pump(server, client, server, exchange, false));
      } catch (IOException e) {
        // The listener was closed, or the server is gone: the client sees a closed connection.
        continue;
      }
    }
  }

  /** The newest request of a connection, and whether its answer is dropped with it. */
  private static final class Exchange {
    private final Tap tap;
    private volatile String request = "";
    private volatile boolean answerLost;

    private Exchange(Tap tap) {
      this.tap = tap;
    }
  }

  private void pump(Socket from, Socket to, Socket server, Exchange exchange, boolean requests) {
    byte[] buffer = new byte[65536];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        String text = new String(buffer, 0, n, StandardCharsets.UTF_8);
        if (!requests && text.startsWith("HTTP/1.1 ")) {
          exchange.tap.answer(exchange.request, text);
        }
        if (state == State.SILENT) {
          continue;
        }
        if (requests && (!passes(text, exchange) || failed(text, from, exchange))) {
          return;
        }
        if (!requests && exchange.answerLost) {
          return;
        }
        if (requests) {
          endInTime(text, server);
        }
        if (!requests && ahead != null && text.startsWith("HTTP/1.1 ")) {
          out.write(dated(buffer, n));
        } else {
          out.write(buffer, 0, n);
        }
        out.flush();
      }
    } catch (IOException e) {
      // Cut on purpose, or by the other side: both ends are closed.
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  /** With the server's clock in the first header; what it said of the time itself is left out. */
  private byte[] dated(byte[] buffer, int length) {
    String answer = new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC).plus(ahead));
    return answer
        .replaceFirst("(?im)^Date: .*\r\n", "")
        .replaceFirst("\r\n", "\r\nDate: " + date + "\r\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private boolean passes(String text, Exchange exchange) {
    String line = text.lines().findFirst().orElse("");
    if (!REQUEST.matcher(line).matches()) {
      return true;
    }
    exchange.request = line;
    return exchange.tap.request(line);
  }

  private boolean failed(String text, Socket client, Exchange exchange) throws IOException {
    Fault now = fault;
    String line = text.lines().findFirst().orElse("");
    if (!now.request().test(line) || now.times().getAndDecrement() <= 0) {
      return false;
    }
    if (now.answer() == null) {
      exchange.answerLost = true;
      return false;
    }
    client.getOutputStream().write(now.answer().getBytes(StandardCharsets.UTF_8));
    client.getOutputStream().flush();
    return true;
  }

  private void endInTime(String text, Socket server) {
    Matcher timeout = TIMEOUT.matcher(text);
    if (timeout.find()) {
      timer.schedule(() -> close(server), Long.parseLong(timeout.group(1)), TimeUnit.SECONDS);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    dropAll();
    timer.shutdownNow();
    pumps.shutdownNow();
  }
}
