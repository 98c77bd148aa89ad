package io.kiss.kisim.gpu;

/**
 * How pods share a device.
 *
 * <p>Shares are counted in {@link #UNITS}ths of a device, so that device-seconds add up exactly for
 * halves, thirds and the sevenths of MIG alike.
 */
public sealed interface DeviceSharing {

  /** Units a whole device has: divisible by 1..8. */
  int UNITS = 840;

  /** Pods that fit on one device. */
  int podsPerDevice();

  /** Units of a device that one pod is charged for. */
  int unitsPerPod();

  /** Share of a device that one busy slice keeps busy, 0..1: less than 1 for MIG only. */
  default double sliceShare() {
    return 1;
  }

  /** Speed of the device a pod sees while no other pod computes, 0..1. */
  double speed();

  /** Whether pods on one device slow each other down. */
  boolean contended();

  /** One pod, one device. */
  record Exclusive() implements DeviceSharing {
    @Override
    public int podsPerDevice() {
      return 1;
    }

    @Override
    public int unitsPerPod() {
      return UNITS;
    }

    @Override
    public double speed() {
      return 1;
    }

    @Override
    public boolean contended() {
      return false;
    }
  }

  /**
   * Pods take turns on one device (the device plugin's time slicing): a pod alone gets all of it,
   * busy pods get equal shares, and each switch between them costs.
   *
   * @param pods replicas a device is advertised as, 2..8
   * @param switchOverhead share of the device's time lost while several pods are busy, 0..1
   */
  record TimeSliced(int pods, double switchOverhead) implements DeviceSharing {
    public TimeSliced {
      if (pods < 2 || pods > 8) {
        throw new IllegalArgumentException(
            "pods on a time-sliced device must be 2..8, not " + pods);
      }
      if (!(switchOverhead >= 0 && switchOverhead < 1)) {
        throw new IllegalArgumentException(
            "switchOverhead must be in [0, 1), not " + switchOverhead);
      }
    }

    @Override
    public int podsPerDevice() {
      return pods;
    }

    @Override
    public int unitsPerPod() {
      return UNITS / pods;
    }

    @Override
    public double speed() {
      return 1;
    }

    @Override
    public boolean contended() {
      return true;
    }
  }

  /**
   * A MIG slice a pod: isolated, slower, never contended.
   *
   * @param sevenths compute slices of the profile (1g, 2g, 3g, 4g, 7g)
   * @param speed throughput of the slice against the whole device, 0..1; {@code sevenths / 7} where
   *     nothing better was measured
   */
  record Mig(int sevenths, double speed) implements DeviceSharing {
    public Mig {
      if (sevenths != 1 && sevenths != 2 && sevenths != 3 && sevenths != 4 && sevenths != 7) {
        throw new IllegalArgumentException(
            "sevenths of a MIG slice must be 1, 2, 3, 4 or 7, not " + sevenths);
      }
      if (!(speed > 0 && speed <= 1)) {
        throw new IllegalArgumentException("speed of a MIG slice must be in (0, 1], not " + speed);
      }
    }

    @Override
    public int podsPerDevice() {
      return 7 / sevenths;
    }

    @Override
    public int unitsPerPod() {
      return UNITS / 7 * sevenths;
    }

    @Override
    public double sliceShare() {
      return sevenths / 7.0;
    }

    @Override
    public boolean contended() {
      return false;
    }
  }
}
