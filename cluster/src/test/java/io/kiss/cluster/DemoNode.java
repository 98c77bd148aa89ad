package io.kiss.cluster;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A node with the demo's Deployments in a process of its own, until it is killed. */
final class DemoNode {
  private DemoNode() {}

  /**
   * Arguments: data folder and HTTP port; the database as a node is told it, or the embedded one.
   */
  public static void main(String[] args) {
    Map<String, Object> flags = new HashMap<>(Map.of("kiss.http.port", Integer.parseInt(args[1])));
    String database = System.getenv("KISS_DATABASE_URL");
    if (database != null) {
      flags.put("kiss.database.url", database);
    }
    Node.boot(NodeFixture.settings(Path.of(args[0]), flags), NodeFixture::start);
  }
}
