package io.kiss.cluster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports nobody listened at a moment ago, each given away once. Below those that outgoing
 * connections get, so that a node killed and started again finds its own still free.
 */
public final class FreePorts {
  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;
  private static final Set<Integer> TAKEN = new HashSet<>();

  private FreePorts() {}

  public static synchronized int take() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress("0.0.0.0", port));
        if (TAKEN.add(port)) {
          return port;
        }
      } catch (IOException e) {
        // Somebody has it: another one.
      }
    }
  }
}
