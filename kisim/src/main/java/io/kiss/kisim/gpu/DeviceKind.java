package io.kiss.kisim.gpu;

/** What a pod computes on. */
public enum DeviceKind {
  GPU,
  CPU
}
