package io.kiss.cluster.scaling;

import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import io.kiss.cluster.NodeSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A node of a cluster in a process of its own, as its environment says, whose namespaces are those
 * of a {@link StandInCluster}.
 */
public final class ScalersProcess {
  private ScalersProcess() {}

  /** Arguments: data folder, HTTP port, Deployments in each namespace. */
  public static void main(String[] args) {
    StandInCluster cluster = new StandInCluster(Integer.parseInt(args[2]), 1);
    Map<String, Object> flags =
        Map.of("kiss.data", args[0], "kiss.http.port", Integer.parseInt(args[1]));
    Node.boot(
        NodeSettings.fromNode(NodeSettings.loadNode(Path.of(args[0]), flags)),
        (system, stores, clusters) ->
            NodeFixture.start(system, stores, name -> Optional.of(cluster.live())));
  }
}
