package io.kiss.kisim.serving;

/** How a Service picks the ready pod that gets a request. */
public enum Routing {
  /** Each pod equally likely, as kube-proxy's iptables rules do. */
  RANDOM,
  /** One after the other. */
  ROUND_ROBIN,
  /** The pod with the fewest requests sent and not answered; ties go round. */
  LEAST_OUTSTANDING
}
