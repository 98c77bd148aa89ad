package io.kiss.actors.serialization;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.jackson.JacksonCborSerializer;
import io.kiss.actors.controller.ControllerEvent;
import io.kiss.actors.controller.ControllerState;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.NamespaceProtocol;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.kisim.autoscale.GuardSettings;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * CBOR that the version wrote whose attachments knew no metrics source, no settings, no overrides,
 * and whose controller knew no clusters.
 */
class EarlierVersionsTest {
  private static final ActorTestKit KIT = ActorTestKit.create();

  private static final String NAMESPACE_ATTACHED =
      """
          v2phdHRhY2htZW50v2djbHVzdGVyZWxvY2FsaW5hbWVzcGFjZWN3ZWJoc2VsZWN0b3JnYXBwPXdlYmRt
          b2RlZkFDVElWRWt0aWNrU2Vjb25kc/tALgAAAAAAAGZndWFyZHO/b21heFN0ZXBVcEZhY3RvcvtAAAAA
          AAAAAG1tYXhTdGVwVXBQb2RzBHNtYXhTdGVwRG93bkZyYWN0aW9u+z/gAAAAAAAAdHN0YWJpbGlzYXRp
          b25TZWNvbmRz+0BOAAAAAAAAamZsYXBCdWRnZXQGcWZsYXBXaW5kb3dTZWNvbmRz+0CMIAAAAAAAcXN0
          YWxlQWZ0ZXJTZWNvbmRz+0BOAAAAAAAAcGZhaWxzYWZlUmVwbGljYXMAdGZhaWxzYWZlQWZ0ZXJTZWNv
          bmRz+0BywAAAAAAA////
      """;

  private static final String CONTROLLER_STATE =
      """
          v2hwb2xpY2llc4G/Y3JlZr9iaWRicDFmc2hhMjU2eEAxMTExMTExMTExMTExMTExMTExMTExMTExMTEx
          MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTEx/3JyZWdpc3RlcmVkQXRNaWxsaXMbAAAB
          i8/laABqcHJvdmVuYW5jZb9jcnVuZXJ1bi0xaWl0ZXJhdGlvbgpwZW52aXJvbm1lbnRTdGVwcxlOIG90
          cmFpbmluZ1NlY29uZHP7QAwAAAAAAABmZW5naW5lZU1YTmV0ZHNlZWQH/2pldmFsdWF0aW9ugP9qYXNz
          aWdubWVudL9kdGVybQNmcG9saWN5v2JpZGJwMWZzaGEyNTZ4QDExMTExMTExMTExMTExMTExMTExMTEx
          MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTH//2ljaGFtcGlvbnOBv2JpZGJw
          MWZzaGEyNTZ4QDExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTEx
          MTExMTExMTExMTExMTH/a2F0dGFjaG1lbnRzgb9nY2x1c3RlcmVsb2NhbGluYW1lc3BhY2Vjd2ViaHNl
          bGVjdG9yZ2FwcD13ZWJkbW9kZWZBQ1RJVkVrdGlja1NlY29uZHP7QC4AAAAAAABmZ3VhcmRzv29tYXhT
          dGVwVXBGYWN0b3L7QAAAAAAAAABtbWF4U3RlcFVwUG9kcwRzbWF4U3RlcERvd25GcmFjdGlvbvs/4AAA
          AAAAAHRzdGFiaWxpc2F0aW9uU2Vjb25kc/tATgAAAAAAAGpmbGFwQnVkZ2V0BnFmbGFwV2luZG93U2Vj
          b25kc/tAjCAAAAAAAHFzdGFsZUFmdGVyU2Vjb25kc/tATgAAAAAAAHBmYWlsc2FmZVJlcGxpY2FzAHRm
          YWlsc2FmZUFmdGVyU2Vjb25kc/tAcsAAAAAAAP///w==
      """;

  private static final String ATTACH =
      """
          v2phdHRhY2htZW50v2djbHVzdGVyZWxvY2FsaW5hbWVzcGFjZWN3ZWJoc2VsZWN0b3JnYXBwPXdlYmRt
          b2RlZkFDVElWRWt0aWNrU2Vjb25kc/tALgAAAAAAAGZndWFyZHO/b21heFN0ZXBVcEZhY3RvcvtAAAAA
          AAAAAG1tYXhTdGVwVXBQb2RzBHNtYXhTdGVwRG93bkZyYWN0aW9u+z/gAAAAAAAAdHN0YWJpbGlzYXRp
          b25TZWNvbmRz+0BOAAAAAAAAamZsYXBCdWRnZXQGcWZsYXBXaW5kb3dTZWNvbmRz+0CMIAAAAAAAcXN0
          YWxlQWZ0ZXJTZWNvbmRz+0BOAAAAAAAAcGZhaWxzYWZlUmVwbGljYXMAdGZhaWxzYWZlQWZ0ZXJTZWNv
          bmRz+0BywAAAAAAA//9qYXNzaWdubWVudL9kdGVybQNmcG9saWN5v2JpZGJwMWZzaGEyNTZ4QDExMTEx
          MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTH/
          //8=
      """;

  private static final Attachment ATTACHMENT =
      Attachment.of("local", "web", "app=web", Attachment.Mode.ACTIVE, 15, GuardSettings.DEFAULT);

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private static <T> T read(String base64, Class<T> type) {
    Serialization serialization =
        SerializationExtension.get(akka.actor.typed.javadsl.Adapter.toClassic(KIT.system()));
    try {
      var serializer = (JacksonCborSerializer) serialization.serializerFor(type);
      byte[] bytes = Base64.getMimeDecoder().decode(base64);
      return type.cast(serializer.fromBinary(bytes, type.getName()));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void anEventOfAnAttachmentIsReadAsOneThatSaysNothingMore() {
    assertThat(read(NAMESPACE_ATTACHED, ControllerEvent.NamespaceAttached.class).attachment())
        .isEqualTo(ATTACHMENT);
  }

  @Test
  void aSnapshotOfTheControllerIsReadWithoutClusters() {
    ControllerState state = read(CONTROLLER_STATE, ControllerState.class);

    assertThat(state.attachments()).containsExactly(ATTACHMENT);
    assertThat(state.clusters()).isEmpty();
    assertThat(state.policies())
        .singleElement()
        .satisfies(p -> assertThat(p.ref().id()).isEqualTo("p1"));
    assertThat(state.assignment().term()).isEqualTo(3);
    assertThat(state.champions()).hasSize(1);
  }

  @Test
  void anAttachOfANodeNotYetUpdatedIsRead() {
    assertThat(read(ATTACH, NamespaceProtocol.Attach.class))
        .isEqualTo(
            new NamespaceProtocol.Attach(
                ATTACHMENT,
                new Assignment(3, Optional.of(new PolicyRef("p1", "1".repeat(64)))),
                Optional.empty()));
  }
}
