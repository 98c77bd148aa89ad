package io.kiss.kisim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.cluster.FaultKind;
import io.kiss.kisim.cluster.FaultSettings;
import io.kiss.kisim.cluster.NodePool;
import io.kiss.kisim.cluster.ScriptedFault;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.serving.ReadinessProbe;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.time.Delay;
import io.kiss.kisim.time.DelaySampler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What scenario files say, and what is refused in them. */
class SimulationScenarioTest {
  static final String PROFILE =
      """
      profiles.echo {
        device { name = GPU, kind = gpu, idle-watts = 10, busy-watts = 100, price-per-hour = 2 }
        batching { max-batch = 8, instances = 1 }
        curve { items = [1, 8], device-ms = [10, 24] }
        start-up { time = 20 s }
      }
      """;

  static final String SCENARIO =
      """
      scenario {
        name = test
        profile { file = "profile.conf", name = echo }
        duration = 10 m
        control-step = 30 s
        slo = 100 ms
        replicas { initial = 1, min = 1, max = 8 }
        traffic {
          kind = open
          pattern { kind = constant, level = 500 }
        }
      }
      """;

  @TempDir private Path folder;

  @BeforeEach
  void writeProfile() throws IOException {
    Files.writeString(folder.resolve("profile.conf"), PROFILE);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("s.conf"), text);
  }

  private void refused(String from, String to, String... parts) throws IOException {
    assertThat(SCENARIO).contains(from);
    Path file = write(SCENARIO.replace(from, to));
    assertThatThrownBy(() -> SimulationScenario.read(file))
        .isInstanceOf(ScenarioException.class)
        .satisfies(
            e -> {
              for (String part : parts) {
                assertThat(e.getMessage()).contains(part);
              }
            });
  }

  @Test
  void readsWhatTheFileSays() throws IOException {
    SimulationScenario settings = SimulationScenario.read(write(SCENARIO));
    assertThat(settings.stepSeconds()).isEqualTo(30);
    assertThat(settings.minReplicas()).isEqualTo(1);
    Scenario scenario = settings.scenario();
    assertThat(scenario.seconds()).isEqualTo(600);
    assertThat(scenario.cluster()).isEqualTo(ClusterSpec.AMPLE);
    assertThat(scenario.telemetry()).isEqualTo(TelemetrySettings.DEFAULT);
    assertThat(scenario.sloSeconds()).isEqualTo(0.1);
    assertThat(scenario.maxReplicas()).isEqualTo(8);
    assertThat(scenario.service().curve().seconds(8)).isEqualTo(0.024);
    assertThat(scenario.service().startUp().meanSeconds()).isEqualTo(20);
  }

  @Test
  void readsAClusterWithItsPoolsAndFaults() throws IOException {
    Path file =
        write(
            SCENARIO.replace(
                "slo = 100 ms",
                """
                slo = 100 ms
                cluster {
                  pools = [
                    { name = base, gpus-per-node = 4, initial-nodes = 3 }
                    {
                      name = spot, gpus-per-node = 2, initial-nodes = 0, max-nodes = 5, spot = true
                      provisioning { kind = uniform, low = 1 m, high = 3 m }
                      idle = 2 m, image-cached = false
                    }
                  ]
                  api = 500 ms
                  scheduling { kind = exponential, mean = 2 s }
                  faults {
                    rates { crashes-per-pod-hour = 0.5, preemptions-per-node-hour = 2 }
                    script = [
                      { at = 2 m, kind = node }
                      { at = 3 m, kind = preemption, target = 1 }
                    ]
                    node-repair = 7 m
                    evict = 30 s
                  }
                }
                start-up {
                  image-pull = 90 s
                  container-start { kind = constant, mean = 5 s }
                  model-load { kind = lognormal, p50 = 20 s, p95 = 45 s }
                  readiness { initial-delay = 30 s, period = 10 s }
                  grace = 60 s
                }
                """));
    Scenario scenario = SimulationScenario.read(file).scenario();
    ClusterSpec cluster = scenario.cluster();
    assertThat(cluster.pools())
        .containsExactly(
            new NodePool("base", 4, 3, 3, Delay.NONE, 600, false, true),
            new NodePool("spot", 2, 0, 5, Delay.uniform(60, 180), 120, true, false));
    assertThat(cluster.api()).isEqualTo(Delay.constant(0.5));
    assertThat(cluster.scheduling()).isEqualTo(Delay.exponential(2));
    FaultSettings usual = FaultSettings.NONE;
    assertThat(cluster.faults())
        .isEqualTo(
            new FaultSettings(
                0.5,
                0,
                0,
                2,
                List.of(
                    new ScriptedFault(120, FaultKind.NODE, 0),
                    new ScriptedFault(180, FaultKind.PREEMPTION, 1)),
                usual.gpuRepair(),
                Delay.constant(420),
                usual.notReadySeconds(),
                30,
                usual.noticeSeconds(),
                usual.backOffSeconds()));
    StartUp startUp = scenario.service().startUp();
    assertThat(startUp.imagePull()).isEqualTo(Delay.constant(90));
    assertThat(startUp.containerStart()).isEqualTo(Delay.constant(5));
    assertThat(startUp.readiness()).isEqualTo(new ReadinessProbe(30, 10));
    assertThat(startUp.graceSeconds()).isEqualTo(60);
  }

  @Test
  void aLogNormalTimeHasTheQuantilesTheFileGives() throws IOException {
    Files.writeString(
        folder.resolve("profile.conf"),
        PROFILE.replace("time = 20 s", "model-load { kind = lognormal, p50 = 20 s, p95 = 45 s }"));
    StartUp startUp = SimulationScenario.read(write(SCENARIO)).scenario().service().startUp();
    DelaySampler sampler =
        new DelaySampler(startUp.modelLoad(), RandomSource.XO_SHI_RO_256_PP.create(3L));
    int n = 40_000;
    int belowMedian = 0;
    int belowP95 = 0;
    for (int i = 0; i < n; i++) {
      double seconds = sampler.seconds();
      belowMedian += seconds < 20 ? 1 : 0;
      belowP95 += seconds < 45 ? 1 : 0;
    }
    // Four binomial deviations.
    assertThat(belowMedian / (double) n).isCloseTo(0.5, within(4 * 0.5 / Math.sqrt(n)));
    assertThat(belowP95 / (double) n).isCloseTo(0.95, within(4 * 0.218 / Math.sqrt(n)));
  }

  private void clusterRefused(String cluster, String... parts) throws IOException {
    refused("slo = 100 ms", "slo = 100 ms\n  cluster {\n" + cluster + "\n}", parts);
  }

  @Test
  void impossibleClustersAreRefusedWithFileLineAndKey() throws IOException {
    clusterRefused(
        "pools = [{ name = a, gpus-per-node = 0, initial-nodes = 1 }]",
        "s.conf: line 8",
        "scenario.cluster.pools[0]",
        "gpus-per-node must be at least 1");
    clusterRefused(
        "pools = [{ name = a, gpus-per-node = 1, initial-nodes = 1, max-nodes = 2 }]",
        "line 8",
        "cluster.pools[0].max-nodes",
        "needs provisioning");
    clusterRefused("pools = []", "a cluster needs a node pool");
    clusterRefused("pools = 3", "line 8", "cluster.pools must be a list");
    clusterRefused("api = { kind = uniform, low = 3 s, high = 1 s }", "line 8", "low <= high");
    clusterRefused("api = { kind = lognormal, p50 = 3 s, p95 = 2 s }", "line 8", "0 < p50 < p95");
    clusterRefused(
        "api = { kind = lognormal, p50 = 1 s, p95 = 2 s, cv = 1 }",
        "api.cv",
        "cannot stand beside");
    clusterRefused(
        "faults { script = [{ at = 10 m, kind = node }] }", "line 8", "script[0].at", "600 s");
    clusterRefused("faults { script = [{ at = 1 m }] }", "script[0].kind is missing", "crash, gpu");
    clusterRefused(
        "faults { script = [{ at = 1 m, kind = preemption }] }", "script[0].kind", "spot = true");
    clusterRefused(
        "faults { rates { crashes-per-pod-hour = -1 } }", "line 8", "crashes-per-pod-hour");
    clusterRefused("faults { rates { crash = 1 } }", "unknown key", "crashes-per-pod-hour");
    refused(
        "slo = 100 ms",
        "slo = 100 ms\n  start-up { time = 3 s, model-load = 2 s }",
        "line 7",
        "start-up.model-load",
        "cannot stand beside time");
  }

  @Test
  void timesTheEnginesStepInAreWholeSeconds() throws IOException {
    refused(
        "duration = 10 m", "duration = 1500 ms", "line 4", "scenario.duration", "whole seconds");
    refused("control-step = 30 s", "control-step = 11 m", "control-step", "no longer than");
  }

  @Test
  void unknownKeysAreRefusedWithFileLineAndKey() throws IOException {
    refused("slo = 100 ms", "slo = 100 ms\n  sloo = 5", "s.conf: line 7", "scenario.sloo", "slo");
    refused(
        "slo = 100 ms",
        "slo = 100 ms\n  scenario { slo = 5 ms }",
        "scenario.scenario",
        "is a scenario inside a scenario");
    refused("level = 500", "level = 500, lvl = 3", "s.conf: line 10", "traffic.pattern.lvl");
    refused("initial = 1", "initial = 1, most = 3", "line 7", "scenario.replicas.most");
  }

  @Test
  void impossibleValuesAreRefusedWithFileLineAndKey() throws IOException {
    refused(
        "min = 1",
        "min = 3",
        "s.conf: line 7",
        "scenario.replicas",
        "1 <= min <= initial <= max, not 3, 1, 8");
    refused("level = 500", "level = -1", "line 10", "traffic.pattern", "not be negative");
    refused("slo = 100 ms", "slo = soon", "line 6", "scenario.slo", "duration", "soon");
    refused("slo = 100 ms", "slo = 0 ms", "line 6", "scenario.slo", "slo must be positive");
    refused(
        "kind = open",
        "kind = open, cv = -2",
        "line 9",
        "scenario.traffic.cv",
        "cv of the arrivals");
    refused("kind = open", "kind = opened", "line 9", "traffic.kind", "open, closed, markov");
    refused("name = echo", "name = eco", "line 3", "scenario.profile.name", "echo");
    refused("duration = 10 m", "", "scenario.duration is missing");
    refused("slo = 100 ms", "slo = 100 ms\n  routing = nearest", "least-outstanding");
    refused(
        "slo = 100 ms",
        "slo = 100 ms\n  sharing { kind = mig, sevenths = 5 }",
        "sevenths",
        "line 7");
  }

  @Test
  void durationsNeedAUnitAndAnEnd() throws IOException {
    refused("duration = 10 m", "duration = 600", "line 4", "scenario.duration", "unit: 600 s");
    refused("slo = 100 ms", "slo = \"0.1\"", "line 6", "scenario.slo", "needs a unit: 0.1 s");
    refused("duration = 10 m", "duration = 1e300 s", "line 4", "duration", "at most 3650 days");
    refused("duration = 10 m", "duration = 400 d", "line 4", "duration", "at most 366 days");
    refused("duration = 10 m", "duration = 360 d", "control-step", "more than 1,000,000 steps");
    // What is nothing is nothing in any unit.
    String lag = "slo = 100 ms\n  telemetry { query-lag = 0 }";
    assertThat(SimulationScenario.read(write(SCENARIO.replace("slo = 100 ms", lag)))).isNotNull();
  }

  @Test
  void wholeNumbersAreWholeAndCountsWhatARunCanHold() throws IOException {
    refused("initial = 1", "initial = 1.5", "line 7", "replicas.initial", "whole number, not 1.5");
    refused("max = 8", "max = 2000000000", "line 7", "replicas.max", "at most 10,000");
    refused("max = 8", "max = 9e9", "line 7", "replicas.max", "at most");
    refused(
        "slo = 100 ms",
        "slo = 100 ms\n  batching { max-batch = 8, preferred-sizes = [1, 2.5] }",
        "line 7",
        "batching.preferred-sizes",
        "whole number");
    clusterRefused(
        "pools = [{ name = a, gpus-per-node = 1, initial-nodes = 2e9 }]",
        "line 8",
        "pools[0].initial-nodes",
        "at most 100,000");
    refused(
        "kind = open\n    pattern { kind = constant, level = 500 }",
        "kind = closed, users { kind = constant, level = 1e9 }",
        "line 9",
        "traffic.users",
        "at most 1,000,000");
  }

  @Test
  void aMistypedKeyThatIsRequiredIsNamedBesideTheMissingOne() throws IOException {
    refused("duration = 10 m", "duratoin = 10 m", "scenario.duration is missing", "line 4");
    refused("duration = 10 m", "Duration = 10 m", "was Duration in line 4 meant");
    refused("level = 500", "levels = 500", "pattern.level is missing", "was levels in line 10");
    // Keys that are like nothing else, or have been read, are not suspected.
    Path file = write(SCENARIO.replace("duration = 10 m", ""));
    assertThatThrownBy(() -> SimulationScenario.read(file)).hasMessageEndingWith("is missing");
  }

  @Test
  void faultsThatCanStrikeNothingAreRefused() throws IOException {
    String script = "faults { script = [{ %s }] }";
    clusterRefused(script.formatted("at = 0 s, kind = crash"), "script[0].at", "after 0 s");
    clusterRefused(
        script.formatted("at = 1 m, kind = crash, target = 8"), "script[0].target", "0..7", "8");
    clusterRefused(
        "pools = [{ name = a, gpus-per-node = 4, initial-nodes = 3 }]\n"
            + script.formatted("at = 1 m, kind = node, target = 3"),
        "line 9",
        "script[0].target",
        "0..2");
  }

  @Test
  void whatIsNoScenarioFileIsSaidInOneLine() throws IOException {
    Path binary = Files.write(folder.resolve("binary.conf"), new byte[] {1, 0, (byte) 0xff, 7});
    Path zeros = Files.write(folder.resolve("zeros.conf"), new byte[9]);
    for (Path file : new Path[] {folder, folder.resolve("none.conf"), binary, zeros}) {
      assertThatThrownBy(() -> SimulationScenario.read(file))
          .isInstanceOf(ScenarioException.class)
          .hasMessageStartingWith(file.toString() + ": ")
          .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }
    refused(
        "\"profile.conf\"", "none.conf", "s.conf: line 3", "profile.file names", "no such file");
  }

  /** Values that make no sense, one key at a time, whatever the key is. */
  @Test
  void everyRefusalNamesFileLineAndKeyAndSpeaksTheFilesLanguage() throws IOException {
    String full =
        SCENARIO.replace(
            "slo = 100 ms",
            """
            slo = 100 ms
            cluster {
              pools = [{ name = a, gpus-per-node = 4, initial-nodes = 3, idle = 9 s }]
              api { kind = lognormal, p50 = 1 s, p95 = 2 s }
              faults { rates { crashes-per-pod-hour = 1 }, evict = 3 s, gpu-repair = 3 s }
            }
            telemetry {
              scrape = 15 s, rate-window = 1 m, scrape-jitter = 1 s, query-lag = 1 s
              failed-scrape-probability = 0.1
              outages { probability = 0.1, mean = 2 m, unanswered-share = 0.5 }
              missing { metric = gpu, share = 0.3, mean = 5 m }
            }
            batching { max-batch = 4, max-queue-delay = 1 ms, queue-limit = 9, queue-timeout = 1 s }
            start-up { time = 3 s, cv = 0.1, grace = 9 s }
            """);
    assertThat(SimulationScenario.read(write(full))).isNotNull();
    var setting = Pattern.compile("([a-z0-9-]+) = ([0-9.]+( ms| s| m)?)").matcher(full);
    int refusals = 0;
    while (setting.find()) {
      for (String bad : new String[] {"-1", "-1 s", "1e18", "0.5", "much", "[]", "{ a = 1 }"}) {
        Path file =
            write(full.substring(0, setting.start(2)) + bad + full.substring(setting.end(2)));
        String message;
        try {
          SimulationScenario.read(file);
          continue;
        } catch (ScenarioException e) {
          message = e.getMessage();
        }
        refusals++;
        String what = setting.group(1) + " = " + bad;
        assertThat(message).as(what).matches("(?s).*s\\.conf: line \\d+: scenario.*");
        assertThat(message.replace(folder.toString(), ""))
            .as(what)
            .doesNotContainPattern("[a-z][A-Z]");
        assertThat(message.lines()).as(what).hasSize(1);
      }
    }
    assertThat(refusals).isGreaterThan(150);
  }

  @Test
  void impossibleProfilesAreRefusedWithTheirOwnFileAndLine() throws IOException {
    Files.writeString(folder.resolve("profile.conf"), PROFILE.replace("[10, 24]", "[10]"));
    Path file = write(SCENARIO);
    assertThatThrownBy(() -> SimulationScenario.read(file))
        .hasMessageContaining("profile.conf: line 4")
        .hasMessageContaining("as many sizes as times");
    Files.writeString(
        folder.resolve("profile.conf"), PROFILE.replace("max-batch = 8", "max-batch = 0"));
    assertThatThrownBy(() -> SimulationScenario.read(file))
        .hasMessageContaining("profile.conf: line 3")
        .hasMessageContaining("max-batch");
    Files.writeString(folder.resolve("profile.conf"), "profiles { echo {");
    assertThatThrownBy(() -> SimulationScenario.read(file))
        .hasMessageContaining("profile.conf")
        .hasMessageContaining("not valid HOCON");
  }

  @Test
  void everyProfileAndScenarioOfTheRepositoryCanBeRead() throws IOException {
    Path conf = Path.of("..", "conf").toAbsolutePath().normalize();
    int profiles = 0;
    try (var files = Files.list(conf.resolve("profiles"))) {
      for (Path file : files.toList()) {
        Map<String, ?> read = ProfileFile.read(file);
        assertThat(read).isNotEmpty();
        profiles += read.size();
      }
    }
    assertThat(profiles).isGreaterThanOrEqualTo(15);
    try (var files = Files.list(conf.resolve("scenarios"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".conf")).toList()) {
        assertThat(SimulationScenario.read(file).scenario().name()).isNotBlank();
      }
    }
  }

  @Test
  void everyFigureOfTheRepositorysProfilesHasASource() throws IOException {
    Path conf = Path.of("..", "conf", "profiles").toAbsolutePath().normalize();
    try (var files = Files.list(conf)) {
      for (Path file : files.toList()) {
        var profiles = ProfileFile.parse(file).getConfig("profiles");
        for (String name : profiles.root().keySet()) {
          for (String part : new String[] {"device", "batching", "curve", "noise", "start-up"}) {
            assertThat(profiles.getString('"' + name + "\"." + part + ".source"))
                .as("%s of %s", part, name)
                .isNotBlank();
          }
        }
      }
    }
  }
}
