package io.kiss.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubernetesAccessTest {
  private static final String SECRET = "hunter2-of-the-cluster";

  @TempDir Path folder;

  private Throwable refused(Path file) {
    return Assertions.catchThrowable(
        () -> KubernetesAccess.kubeconfig(file, Optional.empty()).config());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          users: [{name: me, user: token=%s}]          | users[0].user is not what a kubeconfig has there
          users: %s                                    | users is not what a kubeconfig has there
          %s                                           | is not a kubeconfig that can be used
          global: {password: %s}                       | is not a kubeconfig that can be used: it has no contexts
          a: 1\\n\\tb: %s                              | line 2 is no YAML
          """)
  void whatStandsInAFileThatIsNoKubeconfigIsNotShown(String text, String sentence)
      throws IOException {
    Path file = folder.resolve("kubeconfig");
    Files.writeString(file, text.formatted(SECRET).replace("\\n", "\n").replace("\\t", "\t"));
    Throwable refusal = refused(file);
    assertThat(refusal)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(sentence);
    StringWriter logged = new StringWriter();
    refusal.printStackTrace(new PrintWriter(logged));
    assertThat(logged.toString()).doesNotContain(SECRET);
  }

  @Test
  void aFolderIsNoKubeconfig() {
    assertThat(refused(folder)).hasMessage("cannot read the kubeconfig " + folder);
  }
}
