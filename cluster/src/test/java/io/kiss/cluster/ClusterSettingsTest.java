package io.kiss.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.cluster.cli.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterSettingsTest {
  @TempDir Path home;

  private Config node(Object... keysAndValues) {
    Map<String, Object> flags = new HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      flags.put("kiss." + keysAndValues[i], keysAndValues[i + 1]);
    }
    return NodeSettings.loadNode(home, flags);
  }

  @Test
  void rolesAndSeedsStandBetweenCommasOrInAList() {
    Config commas =
        node("cluster.roles", "control, scaler", "cluster.seed-nodes", "a:25520,b.example:1");
    assertThat(commas.getStringList("akka.cluster.roles")).containsExactly("control", "scaler");
    assertThat(commas.getStringList("akka.cluster.seed-nodes"))
        .containsExactly("akka://kiss@a:25520", "akka://kiss@b.example:1");
    Config list = node("cluster.roles", List.of("control", "scaler"));
    assertThat(list.getStringList("akka.cluster.roles")).containsExactly("control", "scaler");
  }

  @Test
  void aNodeHasAFixedPortAndKissUpAnyThatIsFree() {
    assertThat(node().getInt("akka.remote.artery.canonical.port")).isEqualTo(25520);
    assertThat(node("cluster.port", 1234).getInt("akka.remote.artery.canonical.port"))
        .isEqualTo(1234);
    assertThat(NodeSettings.load(home, Map.of()).getInt("akka.remote.artery.canonical.port"))
        .isZero();
  }

  @Test
  void theFileOfTheCheckoutSetsWhatTheEnvironmentWould() throws Exception {
    Files.createDirectories(home.resolve("conf"));
    Files.writeString(
        home.resolve("conf/kiss.conf"),
        "kiss.cluster { roles = \"rollout\", port = 4711, bind-host = \"0.0.0.0\" }\n");
    Config config = node();
    assertThat(config.getStringList("akka.cluster.roles")).containsExactly("rollout");
    assertThat(config.getInt("akka.remote.artery.canonical.port")).isEqualTo(4711);
    assertThat(config.getString("akka.remote.artery.bind.hostname")).isEqualTo("0.0.0.0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kiss.cluster.port = abc | kiss.cluster.port must be a number, not 'abc'",
        "kiss { http { port = abc } } | kiss.http.port must be a number, not 'abc'",
        "kiss.http.port = [1] | kiss.http.port must be a number, not a list",
        "kiss.http = 8080 | kiss.http must be a group of settings in braces, not a number",
        "kiss.http.require-if-match = maybe | kiss.http.require-if-match must be on or off, not",
        "kiss.http.ask-timeout = soon | kiss.http.ask-timeout must be a time with its unit, such as",
        "kiss.rollout.chunk-bytes = many | kiss.rollout.chunk-bytes must be a size, such as",
        "kiss.learner.hidden = 64 | kiss.learner.hidden must be a list, not a number",
        "kiss.learner.hidden { a = 1 } | kiss.learner.hidden must be a list, not a group of settings",
        "kiss.http.host { a = 1 } | kiss.http.host must be text, not a group of settings"
      })
  void aSettingOfAnotherKindIsRefusedByKeyFileAndLine(String written, String sentence)
      throws Exception {
    Files.createDirectories(home.resolve("conf"));
    Path file = Files.writeString(home.resolve("conf/kiss.conf"), "\n" + written + "\n");
    assertThatThrownBy(() -> NodeSettings.load(home, Map.of()))
        .isInstanceOf(BootFailure.class)
        .hasMessageContaining(file + ": 2: " + sentence);
  }

  @Test
  void aListMayBeToldItemByItemAsPropertiesOfTheJvmTellIt() throws Exception {
    Files.createDirectories(home.resolve("conf"));
    Files.writeString(home.resolve("conf/kiss.conf"), "kiss.learner.hidden { 0 = 32, 1 = 16 }\n");
    assertThat(NodeSettings.load(home, Map.of()).getIntList("kiss.learner.hidden"))
        .containsExactly(32, 16);
  }

  @ParameterizedTest
  @CsvSource({"cluster.port, 70000", "cluster.bind-port, -1", "cluster.bind-port, abc"})
  void aPortThatNoSocketHasIsRefusedByItsKey(String key, String port) {
    assertThatThrownBy(() -> node(key, port))
        .isInstanceOf(BootFailure.class)
        .hasMessageContaining("kiss." + key + " must be in 0..65535, not '" + port + "'");
  }

  @Test
  void aFolderInPlaceOfTheFileIsRefusedRatherThanOverlooked() throws Exception {
    Path folder = Files.createDirectories(home.resolve("conf/kiss.conf"));
    assertThatThrownBy(this::node)
        .isInstanceOf(BootFailure.class)
        .hasMessage(folder + " is a folder, and should be a file of settings");
    Files.delete(folder);
    Path gone = Files.createSymbolicLink(folder, home.resolve("gone"));
    assertThatThrownBy(this::node)
        .isInstanceOf(BootFailure.class)
        .hasMessageContaining(gone.toString());
  }

  /** In a process of its own: only that has an environment of its own. */
  @Test
  void aSettingInTheEnvironmentIsRefusedByTheVariable() throws Exception {
    try (KissProcess kiss =
        KissProcess.startTestMain(
            home,
            Main.class,
            List.of("-XX:TieredStopAtLevel=1"),
            Map.of("KISS_AKKA_PORT", "abc"),
            "node",
            "--roles",
            "rollout")) {
      assertThat(kiss.exitCode(Duration.ofSeconds(60))).as(kiss.transcript()).isEqualTo(1);
      assertThat(kiss.errorLines()).hasSize(1);
      assertThat(kiss.errors())
          .contains("KISS_AKKA_PORT", "kiss.cluster.port must be a number, not 'abc'");
    }
  }

  @Test
  void byDnsAllAddressesOfANameAreAskedAtTheManagementPort() {
    Config config =
        node(
            "cluster.discovery.method", "dns",
            "cluster.discovery.service", "control",
            "cluster.discovery.contact-points", 3,
            "cluster.host", "10.0.0.7",
            "cluster.roles", "rollout");
    String bootstrap = "akka.management.cluster.bootstrap.";
    assertThat(config.getString("akka.discovery.method")).isEqualTo("akka-dns");
    assertThat(config.getString(bootstrap + "contact-point-discovery.service-name"))
        .isEqualTo("control");
    assertThat(config.getInt(bootstrap + "contact-point-discovery.required-contact-point-nr"))
        .isEqualTo(3);
    assertThat(config.getInt(bootstrap + "contact-point.fallback-port")).isEqualTo(8558);
    assertThat(config.getString("akka.management.http.hostname")).isEqualTo("10.0.0.7");
    // A worker never makes up a cluster of its own.
    assertThat(config.getBoolean(bootstrap + "new-cluster-enabled")).isFalse();
    assertThat(config.getBoolean("akka.management.http.route-providers-read-only")).isTrue();
  }

  @Test
  void inKubernetesPodsAreFoundByTheirLabels() {
    Config named =
        node("cluster.discovery.method", "kubernetes", "cluster.discovery.service", "kiss");
    assertThat(named.getString("akka.discovery.kubernetes-api.pod-label-selector"))
        .isEqualTo("app=kiss");
    Config selected =
        node(
            "cluster.discovery.method",
            "KUBERNETES",
            "cluster.discovery.service",
            "app.kubernetes.io/part-of=kiss,kiss/control=true");
    assertThat(selected.getString("akka.discovery.kubernetes-api.pod-label-selector"))
        .isEqualTo("app.kubernetes.io/part-of=kiss,kiss/control=true");
    assertThat(
            selected.getString(
                "akka.management.cluster.bootstrap.contact-point-discovery.port-name"))
        .isEqualTo("management");
    assertThat(selected.getBoolean("akka.discovery.kubernetes-api.use-raw-ip")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cluster.roles | control,lerner | is learner meant?",
        "cluster.seed-nodes | host | must be host:port",
        "cluster.seed-nodes | a:99999 | must be host:port",
        "cluster.discovery.method | multicast | must be seeds, dns or kubernetes",
        "cluster.discovery.method | dns | needs kiss.cluster.discovery.service",
        "cluster.discovery.contact-points | 0 | at least 1",
        "cluster.tls.directory | /does/not/exist | no readable ca.crt",
      })
  void whatMakesNoSenseIsNamed(String key, String value, String named) {
    assertThatThrownBy(() -> node(key, value))
        .isInstanceOf(BootFailure.class)
        .hasMessageContaining("kiss.cluster")
        .hasMessageContaining(named);
  }

  @Test
  void rolesThatKeepSomethingApartFromEachOtherNeedASharedDatabase() {
    assertThatThrownBy(
            () ->
                NodeSettings.fromNode(
                    node("cluster.roles", "learner", "data", home.resolve("d").toString())))
        .isInstanceOf(BootFailure.class)
        .hasMessageContaining("kiss.database.url");
    assertThat(
            NodeSettings.fromNode(
                    node("cluster.roles", "rollout", "data", home.resolve("d").toString()))
                .database())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http.host | 0.0.0.0 | KISS_HTTP_OPERATOR_TOKEN",
        "http.operator-token | short | 16 or more",
        "http.viewer-token | has spaces in it, many | 16 or more",
      })
  void anOpenAdminPortAndAWeakTokenAreRefusedWithoutSayingTheToken(
      String key, String value, String named) {
    assertThatThrownBy(
            () ->
                NodeSettings.fromNode(
                    node(
                        key,
                        value,
                        "cluster.roles",
                        "rollout",
                        "data",
                        home.resolve("d").toString())))
        .isInstanceOf(BootFailure.class)
        .hasMessageContaining(named)
        .hasMessageNotContaining("short")
        .hasMessageNotContaining("has spaces");
  }
}
