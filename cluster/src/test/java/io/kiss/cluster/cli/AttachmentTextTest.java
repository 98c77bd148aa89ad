package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class AttachmentTextTest {

  private static String headline(String mode, String overrides) {
    try {
      JsonNode view =
          new ObjectMapper()
              .readTree(
                  """
                  {"attachment": {"cluster": "prod", "namespace": "llm", "mode": "%s",
                    "overrides": [%s]}, "status": {"problem": null, "deployments": []}}
                  """
                      .formatted(mode, overrides));
      return AttachmentText.lines(view).get(0).replaceAll("\\s+", " ");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String override(String deployment, String mode) {
    return "{\"deployment\": \"%s\", \"mode\": %s}".formatted(deployment, mode);
  }

  @Test
  void theHeadlineSaysThatNothingIsChangedOnlyWhereNothingIs() {
    assertThat(headline("SHADOW", ""))
        .isEqualTo("Namespace prod/llm is attached, in shadow mode: nothing is changed");
    assertThat(headline("SHADOW", override("chat", "null") + "," + override("embed", "\"OFF\"")))
        .endsWith("in shadow mode: nothing is changed");
    assertThat(headline("SHADOW", override("chat", "\"ACTIVE\"") + "," + override("x", "null")))
        .endsWith("in shadow mode: only scaled: chat");
    assertThat(headline("ACTIVE", override("chat", "\"ACTIVE\""))).endsWith("and scaled");
    assertThat(headline("ACTIVE", override("chat", "\"OFF\"") + "," + override("x", "\"SHADOW\"")))
        .endsWith("and scaled, all but chat, x");
  }
}
