package io.kiss.kisim.cluster;

/** What can go wrong around a pod. */
public enum FaultKind {
  /** A container ends by itself; the kubelet starts it again on the same node, with back-off. */
  CRASH,
  /** A GPU fails: its pods end for good, and it is out of use until repaired. */
  GPU,
  /** A node is gone without a word; Kubernetes notices late. */
  NODE,
  /** The cloud takes a spot node back, with notice. */
  PREEMPTION
}
