package io.kiss.kisim.scenario;

import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.traffic.ArrivalTrace;
import io.kiss.kisim.traffic.ReplayTraffic;
import io.kiss.kisim.traffic.Traffic;
import java.nio.file.Path;
import java.util.Map;

/**
 * One what-if run on the request-level engine, as a file states it.
 *
 * @param name for the summary
 * @param service what the pods are
 * @param routing how the Service picks one
 * @param durationSeconds length of the run
 * @param stepSeconds time between two control steps in the output
 * @param sloSeconds latency a request should not exceed
 * @param initialReplicas ready at the start
 * @param minReplicas lower limit of the autoscaler
 * @param maxReplicas upper limit
 * @param traffic where requests come from
 */
public record SimulationScenario(
    String name,
    ServiceModel service,
    Routing routing,
    double durationSeconds,
    double stepSeconds,
    double sloSeconds,
    int initialReplicas,
    int minReplicas,
    int maxReplicas,
    Traffic traffic) {

  public SimulationScenario {
    require(durationSeconds > 0, "duration must be positive");
    require(
        stepSeconds > 0 && stepSeconds <= durationSeconds, "control-step must be in (0, duration]");
    require(sloSeconds > 0, "slo must be positive");
    require(
        minReplicas >= 1 && minReplicas <= initialReplicas && initialReplicas <= maxReplicas,
        "replicas must be 1 <= min <= initial <= max, not "
            + minReplicas
            + ", "
            + initialReplicas
            + ", "
            + maxReplicas);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /**
   * Reads a scenario and the profile it names; paths in it are relative to its own folder.
   *
   * @throws ScenarioException naming file, line and key of what cannot be used
   */
  public static SimulationScenario read(Path file) {
    Section root = new Section(ProfileFile.parse(file), "");
    Section at = root.section("scenario");
    root.done();
    Path folder = file.toAbsolutePath().getParent();
    String name = at.text("name", String.valueOf(file.getFileName()));
    ServiceModel service = service(at, folder);
    Routing routing = at.choice("routing", Routing.class, Routing.LEAST_OUTSTANDING);
    double duration = at.seconds("duration");
    double step = at.seconds("control-step", 15);
    double slo = at.seconds("slo");
    Section replicas = at.section("replicas");
    int initial = replicas.integer("initial");
    int min = replicas.integer("min", 1);
    int max = replicas.integer("max", initial);
    replicas.done();
    Traffic traffic = new TrafficSection(folder, duration).read(at.section("traffic"));
    at.done();
    return at.build(
        () ->
            new SimulationScenario(
                name, service, routing, duration, step, slo, initial, min, max, traffic));
  }

  /** The same with a trace's arrivals instead, for as long as it lasts. */
  public SimulationScenario withTrace(ArrivalTrace trace, double scale) {
    double seconds = trace.durationSeconds();
    return new SimulationScenario(
        name + ", " + trace.name(),
        service,
        routing,
        seconds,
        Math.min(stepSeconds, seconds),
        sloSeconds,
        initialReplicas,
        minReplicas,
        maxReplicas,
        new ReplayTraffic(trace, scale, trace.binSeconds() > 1));
  }

  private static ServiceModel service(Section at, Path folder) {
    Section profile = at.section("profile");
    Path file = folder.resolve(profile.text("file")).normalize();
    String name = profile.text("name");
    Map<String, ServiceModel> profiles = ProfileFile.read(file);
    ServiceModel service = profiles.get(name);
    if (service == null) {
      throw profile.refused(
          "name",
          "is " + name + ", and " + file + " has only " + String.join(", ", profiles.keySet()));
    }
    profile.done();
    DeviceSharing sharing = at.section("sharing", service.sharing(), SimulationScenario::sharing);
    DynamicBatching batching = at.section("batching", service.batching(), ProfileFile::batching);
    return service.with(sharing).with(batching);
  }

  private enum SharingKind {
    EXCLUSIVE,
    TIME_SLICED,
    MIG
  }

  private static DeviceSharing sharing(Section at) {
    DeviceSharing sharing =
        switch (at.choice("kind", SharingKind.class, SharingKind.EXCLUSIVE)) {
          case EXCLUSIVE -> new DeviceSharing.Exclusive();
          case TIME_SLICED -> {
            int pods = at.integer("pods");
            double overhead = at.number("switch-overhead", 0);
            yield at.build(() -> new DeviceSharing.TimeSliced(pods, overhead));
          }
          case MIG -> {
            int sevenths = at.integer("sevenths");
            double speed = at.number("speed", sevenths / 7.0);
            yield at.build(() -> new DeviceSharing.Mig(sevenths, speed));
          }
        };
    at.done();
    return sharing;
  }
}
