package io.kiss.kisim.request;

/** One model instance of a pod, and the batch it runs. */
final class Instance {
  final Pod pod;

  /** Event slot: end of the time beside the device. */
  final int slot;

  final long[] arrivals;
  final int[] tags;

  /** Requests of the running batch; 0: idle. */
  int batch;

  long startedNanos;

  /** Device time the batch still has to get, nanoseconds at full speed. */
  double work;

  /** Virtual time of the device at which the batch is done with it. */
  double finishVirtual;

  boolean onDevice;

  /** Whether the device works on it now. */
  boolean active;

  Instance(Pod pod, int slot, int maxBatch) {
    this.pod = pod;
    this.slot = slot;
    arrivals = new long[maxBatch];
    tags = new int[maxBatch];
  }
}
