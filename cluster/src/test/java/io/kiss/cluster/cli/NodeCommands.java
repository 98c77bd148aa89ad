package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import io.kiss.cluster.http.ContractProxy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * A node with the demo cluster, and commands that talk to it; every exchange of theirs is held to
 * the contract.
 */
final class NodeCommands implements AutoCloseable {
  private final Node node;
  private final ContractProxy proxy;
  private StringWriter out = new StringWriter();
  private StringWriter err = new StringWriter();

  private NodeCommands(Node node, ContractProxy proxy) {
    this.node = node;
    this.proxy = proxy;
  }

  static NodeCommands boot(Path data) {
    Node node = NodeFixture.boot(data);
    await("the registry can be asked")
        .atMost(Duration.ofSeconds(60))
        .until(() -> NodeFixture.call(node, "GET", "/api/v1/policies", "").statusCode() == 200);
    try {
      return new NodeCommands(node, ContractProxy.before(node.url()));
    } catch (IOException e) {
      node.close();
      throw new UncheckedIOException(e);
    }
  }

  Node node() {
    return node;
  }

  /** Where commands find the node. */
  String url() {
    return proxy.url();
  }

  /** Runs {@code kiss} with these arguments and the node's address. The answer is the exit code. */
  int run(String... args) {
    return runAlone(
        Stream.concat(Stream.of(args), Stream.of("--url", url())).toArray(String[]::new));
  }

  /** Runs {@code kiss} with these arguments alone. */
  int runAlone(String... args) {
    out = new StringWriter();
    err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(args);
  }

  /** What the last one printed. */
  String out() {
    return out.toString();
  }

  /** What the last one complained of. */
  String err() {
    return err.toString();
  }

  /** HTTP methods that were used so far. */
  Set<String> methods() {
    return proxy.methods();
  }

  /** Stops the node; fails where an exchange was not as the contract says. */
  @Override
  public void close() {
    proxy.close();
    node.close();
    assertThat(proxy.broken()).as("what the commands exchanged with the node").isEmpty();
  }
}
