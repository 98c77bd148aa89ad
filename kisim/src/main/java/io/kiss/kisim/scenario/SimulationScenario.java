package io.kiss.kisim.scenario;

import com.typesafe.config.Config;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.traffic.ArrivalTrace;
import io.kiss.kisim.traffic.ReplayTraffic;
import io.kiss.kisim.traffic.Traffic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * One what-if run, as a file states it.
 *
 * @param scenario what happens
 * @param stepSeconds time between two control steps in the output
 * @param minReplicas lower limit of the autoscaler; the upper one is the scenario's
 */
public record SimulationScenario(Scenario scenario, int stepSeconds, int minReplicas) {
  /** Most pods a scenario may have: ten times as many took gigabytes and minutes. */
  static final int MOST_REPLICAS = 10_000;

  private static final int LONGEST_SECONDS = 366 * 86_400;
  private static final int MOST_STEPS = 1_000_000;
  private static final int STEP_SECONDS = 15;
  private static final double VIOLATION_PRICE = 10;

  public SimulationScenario {
    require(
        stepSeconds >= 1 && stepSeconds <= scenario.seconds(),
        "control-step must be 1 s at least and no longer than the duration");
    require(
        minReplicas >= 1 && minReplicas <= scenario.initialReplicas(),
        "min must be in 1..initial, not "
            + minReplicas
            + " with initial "
            + scenario.initialReplicas());
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
    return of(
        ProfileFile.parse(file),
        String.valueOf(file.getFileName()),
        file.toAbsolutePath().getParent());
  }

  /**
   * The scenario that a configuration states, as a file would.
   *
   * @param usualName its name where it has none of its own
   * @param folder that paths in it are relative to
   * @throws ScenarioException naming the place and key of what cannot be used
   */
  public static SimulationScenario of(Config config, String usualName, Path folder) {
    Section root = new Section(config, "");
    Section at = root.section("scenario");
    root.done();
    if (at.has("scenario")) {
      throw at.refused("scenario", "is a scenario inside a scenario; leave out one of the two");
    }
    String name = at.text("name", usualName);
    ServiceModel service = service(at, folder);
    Routing routing = at.choice("routing", Routing.class, Routing.LEAST_OUTSTANDING);
    int seconds = at.wholeSeconds("duration");
    if (seconds > LONGEST_SECONDS) {
      throw at.refused("duration", "must be at most 366 days, not " + seconds + " s");
    }
    int step = at.wholeSeconds("control-step", Math.min(seconds, STEP_SECONDS));
    if ((double) seconds / step > MOST_STEPS) {
      throw at.refused(
          "control-step",
          String.format(
              Locale.ROOT,
              "of %d s makes more than %,d steps of a duration of %,d s; lengthen it",
              step,
              MOST_STEPS,
              seconds));
    }
    double slo = at.seconds("slo");
    if (slo == 0) {
      throw at.refused("slo", "must be positive");
    }
    Section replicas = at.section("replicas");
    int initial = replicas.integerUpTo(MOST_REPLICAS, "initial");
    int min = replicas.integerUpTo(MOST_REPLICAS, "min", 1);
    int max = replicas.integerUpTo(MOST_REPLICAS, "max", initial);
    replicas.done();
    if (!(min >= 1 && min <= initial && initial <= max)) {
      throw at.refused(
          "replicas",
          "must be 1 <= min <= initial <= max, not " + min + ", " + initial + ", " + max);
    }
    Traffic traffic = new TrafficSection(folder, seconds).read(at.section("traffic"));
    ClusterSpec cluster =
        at.section(
            "cluster",
            ClusterSection.ample(max),
            section -> ClusterSection.read(section, seconds, max));
    TelemetrySettings telemetry =
        at.section("telemetry", TelemetrySettings.DEFAULT, TelemetrySection::read);
    at.done();
    return at.build(
        () ->
            new SimulationScenario(
                new Scenario(
                    name, service, routing, traffic, seconds, cluster, slo, initial, max,
                    telemetry),
                step,
                min));
  }

  /** The same with a trace's arrivals instead, for as long as it lasts. */
  public SimulationScenario withTrace(ArrivalTrace trace, double scale) {
    int seconds = trace.durationSeconds();
    Scenario replayed =
        new Scenario(
            scenario.name() + ", " + trace.name(),
            scenario.service(),
            scenario.routing(),
            new ReplayTraffic(trace, scale, trace.binSeconds() > 1),
            seconds,
            scenario.cluster(),
            scenario.sloSeconds(),
            scenario.initialReplicas(),
            scenario.maxReplicas(),
            scenario.telemetry());
    return new SimulationScenario(replayed, Math.min(stepSeconds, seconds), minReplicas);
  }

  /** What an autoscaler is told of the Deployment. */
  public WorkloadSpec workload() {
    ServiceModel service = scenario.service();
    return new WorkloadSpec(
        service.name(),
        minReplicas,
        scenario.maxReplicas(),
        scenario.sloSeconds(),
        service.loneLatencySeconds(),
        service.podCapacity(),
        Math.max(1e-3, scenario.meanStartupSeconds()),
        VIOLATION_PRICE,
        WorkloadSpec.DEFAULT_TICK_SECONDS);
  }

  private static ServiceModel service(Section at, Path folder) {
    Section profile = at.section("profile");
    Path file = folder.resolve(profile.text("file")).normalize();
    String name = profile.text("name");
    if (!Files.isRegularFile(file)) {
      throw profile.refused("file", "names " + file + ", and there is no such file");
    }
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
    StartUp startUp = at.section("start-up", service.startUp(), StartUpSection::read);
    return service.with(sharing).with(batching).with(startUp);
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
