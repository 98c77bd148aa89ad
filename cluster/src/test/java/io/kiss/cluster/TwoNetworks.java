package io.kiss.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Two network namespaces of this machine with a wire between them that can be cut, and a wire each
 * to this machine, where the test and the database are. Takes root.
 */
final class TwoNetworks implements AutoCloseable {
  private static final String SUBNET = "10.77.";
  private final String id = Long.toString(ProcessHandle.current().pid() % 100_000);

  /** A side of the cut, {@code a} or {@code b}. */
  private String namespace(String side) {
    return "kiss" + id + side;
  }

  /** Whether this can be had here. */
  static boolean possible() {
    try {
      return run("ip", "netns", "add", "kissprobe") == 0
          && run("ip", "netns", "del", "kissprobe") == 0;
    } catch (IOException e) {
      return false;
    }
  }

  static TwoNetworks make() throws IOException {
    TwoNetworks made = new TwoNetworks();
    for (String side : List.of("a", "b")) {
      made.ip("netns add " + made.namespace(side));
      made.ip("-n " + made.namespace(side) + " link set lo up");
    }
    made.ip("link add %s type veth peer name %s".formatted(made.wire("a"), made.wire("b")));
    for (String side : List.of("a", "b")) {
      made.plug(side, made.wire(side), made.address(side));
      String here = "kh" + made.id + side;
      String there = "kt" + made.id + side;
      made.ip("link add %s type veth peer name %s".formatted(here, there));
      made.ip("addr add %s/24 dev %s".formatted(made.outside(side), here));
      made.ip("link set %s up".formatted(here));
      made.plug(side, there, made.inside(side));
    }
    made.ip(
        "-n %s route add %s via %s".formatted(made.namespace("b"), made.both(), made.outside("b")));
    return made;
  }

  private void plug(String side, String device, String address) throws IOException {
    ip("link set %s netns %s".formatted(device, namespace(side)));
    ip("-n %s addr add %s/24 dev %s".formatted(namespace(side), address, device));
    ip("-n %s link set %s up".formatted(namespace(side), device));
  }

  private String wire(String side) {
    return "kw" + id + side;
  }

  /** Of a side, for the other. */
  String address(String side) {
    return SUBNET + "0." + (side.equals("a") ? 1 : 2);
  }

  /** Of a side, for this machine. */
  String inside(String side) {
    return SUBNET + (side.equals("a") ? 1 : 2) + ".1";
  }

  /** Of this machine, for a side. */
  String outside(String side) {
    return SUBNET + (side.equals("a") ? 1 : 2) + ".254";
  }

  /** Of this machine, for both sides. */
  String both() {
    return outside("a");
  }

  /** What a command runs in. */
  List<String> in(String side) {
    return List.of("ip", "netns", "exec", namespace(side));
  }

  void cut() throws IOException {
    ip("-n %s link set %s down".formatted(namespace("a"), wire("a")));
  }

  void heal() throws IOException {
    ip("-n %s link set %s up".formatted(namespace("a"), wire("a")));
  }

  private void ip(String arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments.split(" ")));
    if (run(command.toArray(new String[0])) != 0) {
      throw new IOException("ip " + arguments + " failed");
    }
  }

  private static int run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The devices go with their namespaces. */
  @Override
  public void close() throws IOException {
    for (String side : List.of("a", "b")) {
      run("ip", "netns", "del", namespace(side));
    }
  }
}
