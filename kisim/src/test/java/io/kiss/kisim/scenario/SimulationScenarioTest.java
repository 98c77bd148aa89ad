package io.kiss.kisim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
    SimulationScenario scenario = SimulationScenario.read(write(SCENARIO));
    assertThat(scenario.durationSeconds()).isEqualTo(600);
    assertThat(scenario.sloSeconds()).isEqualTo(0.1);
    assertThat(scenario.maxReplicas()).isEqualTo(8);
    assertThat(scenario.service().curve().seconds(8)).isEqualTo(0.024);
    assertThat(scenario.service().startUp().meanSeconds()).isEqualTo(20);
  }

  @Test
  void unknownKeysAreRefusedWithFileLineAndKey() throws IOException {
    refused("slo = 100 ms", "slo = 100 ms\n  sloo = 5", "s.conf: line 7", "scenario.sloo", "slo");
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
        .hasMessageContaining("maxBatch");
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
      for (Path file : files.toList()) {
        assertThat(SimulationScenario.read(file).name()).isNotBlank();
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
