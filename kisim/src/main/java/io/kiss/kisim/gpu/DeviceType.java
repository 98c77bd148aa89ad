package io.kiss.kisim.gpu;

/**
 * A device as it is bought: one GPU, or the CPU cores of one CPU-only pod.
 *
 * @param name as profiles and scenarios name it, such as {@code T4}
 * @param kind GPU or CPU
 * @param memoryGib device memory, GiB
 * @param idleWatts power while nothing runs
 * @param busyWatts power while work runs
 * @param pricePerHour of one device, in the currency the operator thinks in
 * @param parallelism batches that run side by side at full speed: 1 for a GPU, whose kernels fill
 *     it; for a CPU the cores over the threads of one model instance. More of them share it equally
 * @param source where the figures come from
 */
public record DeviceType(
    String name,
    DeviceKind kind,
    double memoryGib,
    double idleWatts,
    double busyWatts,
    double pricePerHour,
    double parallelism,
    String source) {

  public DeviceType {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a device needs a name");
    }
    if (!(memoryGib > 0)) {
      throw new IllegalArgumentException(name + ": memoryGib must be positive, not " + memoryGib);
    }
    if (!(idleWatts >= 0 && busyWatts >= idleWatts && busyWatts < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          name
              + ": watts must be 0 <= idleWatts <= busyWatts, not "
              + idleWatts
              + ", "
              + busyWatts);
    }
    if (!(pricePerHour >= 0 && pricePerHour < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          name + ": pricePerHour must not be negative, and is " + pricePerHour);
    }
    if (!(parallelism >= 1 && parallelism < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          name + ": parallelism must be at least 1, not " + parallelism);
    }
  }

  /**
   * Energy drawn, joules: idle power all along, the rest in proportion to the busy time.
   *
   * @param allocatedSeconds device-seconds powered on
   * @param busySeconds device-seconds of those in which work ran
   */
  public double joules(double allocatedSeconds, double busySeconds) {
    return idleWatts * allocatedSeconds + (busyWatts - idleWatts) * busySeconds;
  }

  /** Price of having the device for {@code allocatedSeconds}. */
  public double cost(double allocatedSeconds) {
    return pricePerHour * allocatedSeconds / 3600;
  }
}
