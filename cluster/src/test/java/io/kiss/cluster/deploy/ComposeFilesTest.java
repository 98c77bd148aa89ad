package io.kiss.cluster.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The compose files, the environment they ask for and the image. That they run: .ci/compose-smoke.
 */
class ComposeFilesTest {
  private static final String COMPOSE = DeployFiles.text("docker-compose.yml");
  private static final String GPU = DeployFiles.text("docker-compose.gpu.yml");
  private static final String EXAMPLE = DeployFiles.text(".env.example");
  private static final Pattern ASKED = Pattern.compile("\\$\\{(KISS_[A-Z_]+)");
  private static final Pattern REQUIRED = Pattern.compile("\\$\\{(KISS_[A-Z_]+):\\?");
  private static final Pattern DEFAULT = Pattern.compile("\\$\\{(KISS_[A-Z_]+):-([^}]*)}");

  private static Map<String, String> defaults(String text) {
    Map<String, String> defaults = new TreeMap<>();
    Matcher matcher = DEFAULT.matcher(text);
    while (matcher.find()) {
      String before = defaults.put(matcher.group(1), matcher.group(2));
      assertThat(before).as(matcher.group(1)).isIn(null, matcher.group(2));
    }
    return defaults;
  }

  @Test
  void secretsHaveNoDefaultAndNothingElseIsRequired() {
    assertThat(DeployFiles.matches(REQUIRED, COMPOSE))
        .containsExactlyInAnyOrder(
            "KISS_DATABASE_PASSWORD",
            "KISS_HTTP_OPERATOR_TOKEN",
            "KISS_HTTP_VIEWER_TOKEN",
            "KISS_GRAFANA_PASSWORD");
    Set<String> secret = new TreeSet<>(DeployFiles.matches(ASKED, COMPOSE + GPU));
    secret.removeIf(name -> !name.matches(".*(PASSWORD|TOKEN)"));
    assertThat(defaults(COMPOSE + GPU)).doesNotContainKeys(secret.toArray(String[]::new));
    assertThat(COMPOSE.lines().map(String::strip))
        .filteredOn(line -> line.matches("[A-Z_]+(PASSWORD|TOKEN):.*"))
        .isNotEmpty()
        .allMatch(line -> line.matches("[A-Z_]+: \\$\\{KISS_[A-Z_]+:\\?.*}"));
  }

  @Test
  void theExampleNamesWhatIsAskedForWithTheDefaultsThatHold() {
    Map<String, String> told = new TreeMap<>();
    EXAMPLE
        .lines()
        .filter(line -> line.matches("#?KISS_[A-Z_]+=.*"))
        .forEach(line -> told.put(line.replaceAll("#|=.*", ""), line.replaceFirst("[^=]*=", "")));
    assertThat(told.keySet()).isEqualTo(DeployFiles.matches(ASKED, COMPOSE + GPU));
    Map<String, String> defaults = defaults(COMPOSE);
    defaults(GPU).forEach(defaults::putIfAbsent);
    defaults.forEach((name, value) -> assertThat(told).containsEntry(name, value));
  }

  @Test
  void theImageIsBuiltOnTheSameBasesWithAndWithoutCompose() {
    Map<String, String> defaults = defaults(COMPOSE);
    String image = DeployFiles.text("Dockerfile");
    for (String base : new String[] {"KISS_BASE", "KISS_BUILD_BASE"}) {
      assertThat(image).contains("ARG " + base + "=" + defaults.get(base) + "\n");
      assertThat(defaults(GPU)).containsEntry(base, defaults.get(base));
    }
    assertThat(image)
        .contains("\nUSER 10001:10001\n")
        .contains("\nHEALTHCHECK ")
        .contains("/alive ");
  }

  @Test
  void publicImagesArePinnedToOneRelease() {
    assertThat(defaults(COMPOSE))
        .allSatisfy(
            (name, value) -> {
              if (name.matches(".*(IMAGE|BASE)") && !name.equals("KISS_IMAGE")) {
                assertThat(value).as(name).matches(".+:v?[0-9]+\\.[0-9]+.*");
              }
            });
  }

  @Test
  void whatIsPublishedIsPublishedToThisMachineOnly() {
    assertThat(COMPOSE.lines().map(String::strip))
        .filteredOn(line -> line.startsWith("ports:") && !line.equals("ports: []"))
        .isNotEmpty()
        .allMatch(line -> line.startsWith("ports: [\"127.0.0.1:"), "on 127.0.0.1");
  }

  @Test
  void everyVariableOfANodeIsOneThatANodeReads() {
    JsonNode compose = DeployFiles.yaml(COMPOSE);
    Set<String> given = new TreeSet<>();
    compose.path("x-cluster").fieldNames().forEachRemaining(given::add);
    compose.path("x-database").fieldNames().forEachRemaining(given::add);
    for (String service : ROLE_BY_SERVICE.keySet()) {
      compose.at("/services/" + service + "/environment").fieldNames().forEachRemaining(given::add);
    }
    DeployFiles.yaml(GPU)
        .at("/services/learner/environment")
        .fieldNames()
        .forEachRemaining(given::add);
    given.remove("<<");
    assertThat(DeployFiles.variablesOfANode()).containsAll(given);
  }

  static final Map<String, String> ROLE_BY_SERVICE =
      Map.of(
          "control-1", "control",
          "control-2", "control",
          "control-3", "control",
          "learner", "learner",
          "rollout", "rollout",
          "scaler", "scaler");

  @Test
  void everyRoleIsThereAndAllLookForTheThreeOfControl() {
    JsonNode compose = DeployFiles.yaml(COMPOSE);
    ROLE_BY_SERVICE.forEach(
        (service, role) ->
            assertThat(compose.at("/services/" + service + "/environment/KISS_ROLES").asText())
                .as(service)
                .isEqualTo(role));
    assertThat(compose.at("/x-cluster/KISS_SEED_NODES").asText().split(","))
        .containsExactly("control-1:25520", "control-2:25520", "control-3:25520");
    assertThat(compose.at("/services/rollout/deploy/replicas").asInt()).isEqualTo(2);
    assertThat(compose.at("/services/rollout/environment").toString())
        .as("workers know no database")
        .doesNotContain("DATABASE");
  }

  @Test
  void theLearnersGpuIsReservedAndRequired() {
    JsonNode learner = DeployFiles.yaml(GPU).at("/services/learner");
    JsonNode device = learner.at("/deploy/resources/reservations/devices/0");
    assertThat(device.path("driver").asText()).isEqualTo("nvidia");
    assertThat(device.path("count").asInt()).isEqualTo(1);
    assertThat(device.at("/capabilities/0").asText()).isEqualTo("gpu");
    assertThat(learner.at("/build/args/KISS_NATIVES").asText()).isEqualTo("gpu");
    assertThat(learner.at("/environment/KISS_LEARNER_DEVICE").asText()).isEqualTo("gpu:0");
  }
}
