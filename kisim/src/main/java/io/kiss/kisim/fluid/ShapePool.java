package io.kiss.kisim.fluid;

import io.kiss.kisim.gpu.DeviceKind;
import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.gpu.DeviceType;
import io.kiss.kisim.serving.BatchCurve;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.serving.TimeoutAction;
import java.util.ArrayList;
import java.util.List;

/**
 * Service shapes to draw from where many are needed: how a shape queues takes about half a second
 * of one core a shape and arrival process to measure, so that drawing a new one for each episode
 * would cost more than the episode. Those here the build has measured ({@link SteadyStates}). The
 * time scale is free.
 *
 * <p>The shapes span what is served in practice: single requests and dynamic batches up to 64, 1 to
 * 4 instances or up to 16 independent servers, batch times from mostly fixed to mostly
 * proportional, service times from nearly constant to exponential.
 */
public final class ShapePool {
  private static final DeviceType GPU =
      new DeviceType("gpu", DeviceKind.GPU, 24, 60, 300, 1, 1, "a GPU like any other");

  /** Batch, instances, fixed share of a lone request's time, part beside the device, cv, delay. */
  private static final double[][] BATCHING = {
    {4, 1, 0.5, 0.1, 0.2, 0},
    {8, 1, 0.8, 0.2, 0.1, 0.1},
    {8, 2, 0.6, 0.3, 0.4, 0},
    {16, 1, 0.7, 0, 0.3, 0},
    {16, 2, 0.9, 0.2, 0.15, 0.2},
    {32, 1, 0.85, 0.1, 0.6, 0},
    {32, 4, 0.95, 0.4, 0.25, 0},
    {64, 1, 0.95, 0.1, 0.2, 0.3},
    {2, 2, 0.5, 0.05, 0.8, 0},
    {4, 2, 0.3, 0.2, 0.5, 0},
    {4, 4, 0.6, 0.1, 1, 0},
    {6, 1, 0.5, 0.2, 0.7, 0},
    {8, 2, 0.8, 0.1, 0.9, 0.1},
    {16, 4, 0.7, 0.3, 0.6, 0},
    {2, 1, 0.2, 0.1, 0.4, 0},
    {24, 1, 0.9, 0.1, 0.8, 0},
  };

  /** Servers and cv of the services without batches. */
  private static final double[][] SERVERS = {
    {1, 0.1}, {1, 0.9}, {2, 0.5}, {3, 0.2}, {4, 1}, {6, 0.4}, {10, 0.7}, {16, 0.3},
  };

  private static final double[] UNEVEN = {0.5, 2, 0.7, 1.5, 3, 2.5, 1.2, 1.8};

  private ShapePool() {}

  /** How many there are. */
  public static int size() {
    return SERVERS.length + BATCHING.length;
  }

  /**
   * A service of a shape, without queue limit and timeout.
   *
   * @param index of the shape, 0..{@link #size} − 1
   * @param loneSeconds latency of a lone request
   */
  public static ServiceModel service(int index, double loneSeconds, StartUp startUp) {
    if (index < SERVERS.length) {
      double[] shape = SERVERS[index];
      return ServiceModel.ofServers(
          "drawn", loneSeconds, (int) shape[0], ServiceNoise.lognormal(shape[1]), startUp);
    }
    double[] shape = BATCHING[index - SERVERS.length];
    double host = shape[3] * loneSeconds;
    double device = loneSeconds - host;
    double two = device * (2 - shape[2]);
    return new ServiceModel(
        "drawn",
        GPU,
        new DeviceSharing.Exclusive(),
        new BatchCurve(
            new double[] {1, 2}, new double[] {host, host}, new double[] {device, two}, false),
        ServiceNoise.lognormal(shape[4]),
        new DynamicBatching(
            (int) shape[0],
            new int[0],
            shape[5] * loneSeconds,
            (int) shape[1],
            0,
            0,
            TimeoutAction.REJECT),
        1,
        startUp);
  }

  /** The one coefficient of variation of uneven arrivals that the shape has beside Poisson's 1. */
  public static double unevenCv(int index) {
    return UNEVEN[index % UNEVEN.length];
  }

  /** How the Service of the shape picks a pod. */
  public static Routing routing(int index) {
    return index % 3 == 2 ? Routing.ROUND_ROBIN : Routing.LEAST_OUTSTANDING;
  }

  /** Each shape with Poisson arrivals and with its uneven ones. */
  static List<ServiceShape> shapes() {
    List<ServiceShape> shapes = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      ServiceModel service = service(i, 1, StartUp.INSTANT);
      shapes.add(ServiceShape.of(service, routing(i), 1));
      shapes.add(ServiceShape.of(service, routing(i), unevenCv(i)));
    }
    return shapes;
  }

  /**
   * Sees to it that a service's steady states with up to so many pods are there, which would else
   * be done when first needed: reads them where the build measured them, or measures them.
   */
  public static void prepare(ServiceModel service, Routing routing, double cv, int pods) {
    StationaryTable table = StationaryTable.of(service, routing, cv);
    for (int n = 1; n <= pods; n++) {
      table.curve(n);
    }
  }
}
