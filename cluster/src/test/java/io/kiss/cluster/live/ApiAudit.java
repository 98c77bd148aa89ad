package io.kiss.cluster.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.cluster.kubernetes.FaultyProxy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the API server itself said to every write of the lease and of {@code /scale}, whoever sent
 * it, in the server's own order: resource versions are revisions of its database, one count for all
 * objects.
 */
public final class ApiAudit {
  private static final Pattern STATUS = Pattern.compile("^HTTP/1\\.1 (\\d+)");
  private static final Pattern VERSION = Pattern.compile("\"resourceVersion\":\"(\\d+)\"");
  private static final Pattern REPLICAS = Pattern.compile("\"spec\":\\{\"replicas\":(\\d+)");
  private static final Pattern HOLDER = Pattern.compile("\"holderIdentity\":\"([^\"]*)\"");

  private final List<Write> writes = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();

  /**
   * One that the server took.
   *
   * @param nanos when it was answered
   * @param replicas negative where it is the lease's
   * @param holder whose the lease is from then on, of a write of the lease; empty: nobody's
   */
  public record Write(String node, long version, long nanos, int replicas, String holder) {
    public boolean ofLease() {
      return replicas < 0;
    }
  }

  /** Where one node's requests pass, and what becomes of its next write of {@code /scale}. */
  public final class Node implements FaultyProxy.Tap {
    private final String name;
    private final AtomicReference<Runnable> beforeServer = new AtomicReference<>();
    private final AtomicReference<Runnable> beforeClient = new AtomicReference<>();

    private Node(String name) {
      this.name = name;
    }

    /** Happens instead of the next write. */
    void insteadOfNextScale(Runnable what) {
      beforeServer.set(what);
    }

    /** Happens when the server has taken the next write and the node does not know. */
    void beforeNextAnswer(Runnable what) {
      beforeClient.set(what);
    }

    @Override
    public boolean request(String line) {
      Runnable instead = isScale(line) ? beforeServer.getAndSet(null) : null;
      if (instead != null) {
        instead.run();
      }
      return instead == null;
    }

    @Override
    public void answer(String line, String text) {
      boolean lease = line.matches("(PUT|POST) \\S+/leases\\S* .*");
      if (!lease && !isScale(line)) {
        return;
      }
      note(name, line, text, lease);
      Runnable before = lease ? null : beforeClient.getAndSet(null);
      if (before != null) {
        before.run();
      }
    }

    private static boolean isScale(String line) {
      return line.matches("(PATCH|PUT) \\S+/scale(\\?\\S*)? .*");
    }
  }

  public Node node(String name) {
    return new Node(name);
  }

  private synchronized void note(String node, String line, String text, boolean lease) {
    int status = Integer.parseInt(found(STATUS, text));
    if (status >= 300) {
      refused.add(node + ": " + line + ": " + status);
      return;
    }
    writes.add(
        new Write(
            node,
            Long.parseLong(found(VERSION, text)),
            System.nanoTime(),
            lease ? -1 : Integer.parseInt(found(REPLICAS, text)),
            lease ? found(HOLDER, text) : ""));
  }

  private static String found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
    return matcher.group(1);
  }

  /** All that were taken, as the server ordered them. */
  public synchronized List<Write> writes() {
    return writes.stream().sorted(Comparator.comparingLong(Write::version)).toList();
  }

  public List<Write> scalings() {
    return writes().stream().filter(write -> !write.ofLease()).toList();
  }

  /** What the server took of nobody, 409 mostly. */
  synchronized List<String> refused() {
    return List.copyOf(refused);
  }

  /** Who writes: whose lease it is by the server's own order; empty: nobody's. */
  public String holder() {
    String holder = "";
    for (Write write : writes()) {
      if (write.ofLease()) {
        holder = write.holder().isEmpty() ? "" : write.node();
      }
    }
    return holder;
  }

  /** At every revision at which a node scaled, the lease was its own. */
  public void everyScalingIsItsHolders() {
    Write lease = null;
    for (Write write : writes()) {
      if (write.ofLease()) {
        lease = write;
      } else {
        assertThat(lease).as("the lease at " + write).isNotNull();
        assertThat(lease.holder()).as("holder at " + write).isNotEmpty();
        assertThat(lease.node()).as("%s under %s", write, lease).isEqualTo(write.node());
      }
    }
  }
}
