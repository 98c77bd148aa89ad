package io.kiss.actors.serialization;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializer;
import akka.serialization.Serializers;
import akka.serialization.jackson.JacksonObjectMapperProvider;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.kiss.actors.protocol.ControlMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the first release wrote, as the bytes it wrote, is read by this one; and what this one
 * writes will be read where the next one has added something. {@code -Dkiss.wire.record=true} adds
 * the bytes of messages that have none yet. Lines that are there are never written anew.
 */
class WireCompatibilityTest {
  private static final Path STORED =
      Path.of("src", "test", "resources", "io", "kiss", "actors", "wire-first-release.txt");

  private static ActorTestKit kit;
  private static Serialization serialization;
  private static ObjectMapper cbor;

  /**
   * A message as it was written.
   *
   * @param full whether its optionals and lists have something in them
   */
  record Stored(String manifest, boolean full, int serializer, byte[] bytes) {
    static Stored of(String line) {
      String[] columns = line.split("\t");
      return new Stored(
          columns[0],
          columns[1].equals("full"),
          Integer.parseInt(columns[2]),
          Base64.getDecoder().decode(columns[3]));
    }

    String line() {
      String how = full ? "full" : "bare";
      return String.join(
          "\t",
          manifest,
          how,
          Integer.toString(serializer),
          Base64.getEncoder().encodeToString(bytes));
    }

    @Override
    public String toString() {
      return manifest + (full ? ", full" : ", bare");
    }
  }

  @BeforeAll
  static void start() throws IOException {
    kit = ActorTestKit.create("wire");
    serialization = SerializationExtension.get(kit.system());
    cbor =
        JacksonObjectMapperProvider.get(kit.system())
            .getOrCreate("jackson-cbor", Optional.of(new CBORFactory()));
    if (Boolean.getBoolean("kiss.wire.record")) {
      record();
    }
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  private static void record() throws IOException {
    List<Stored> all = new ArrayList<>(stored().toList());
    WireMessagesTest.wireMessages()
        .forEach(
            type -> {
              for (boolean full : List.of(true, false)) {
                Object sample = new WireSamples(kit.system().deadLetters(), !full).of(type);
                Stored written = write(sample, full);
                if (all.stream().noneMatch(s -> s.toString().equals(written.toString()))) {
                  all.add(written);
                }
              }
            });
    Files.write(STORED, all.stream().map(Stored::line).sorted().toList());
  }

  private static Stored write(Object message, boolean full) {
    Serializer serializer = serialization.findSerializerFor(message);
    return new Stored(
        Serializers.manifestFor(serializer, message),
        full,
        serializer.identifier(),
        serialization.serialize(message).get());
  }

  private static Object read(Stored stored, byte[] bytes) {
    return serialization.deserialize(bytes, stored.serializer(), stored.manifest()).get();
  }

  static Stream<Stored> stored() throws IOException {
    return Files.exists(STORED) ? Files.readAllLines(STORED).stream().map(Stored::of) : Stream.of();
  }

  static Stream<Stored> storedControlMessages() throws IOException {
    return stored().filter(stored -> !stored.manifest().contains("/"));
  }

  @Test
  void everyMessageHasBytesOfTheFirstReleaseThatHadIt() throws IOException {
    List<String> manifests = stored().map(Stored::manifest).distinct().toList();
    assertThat(WireMessagesTest.wireMessages().toList())
        .allSatisfy(
            type ->
                assertThat(manifests)
                    .as("run the test once with -Dkiss.wire.record=true, and commit")
                    .contains(
                        write(new WireSamples(kit.system().deadLetters(), false).of(type), true)
                            .manifest()));
  }

  /** Nothing of what was written is lost; what was added since may be there besides. */
  @ParameterizedTest
  @MethodSource("storedControlMessages")
  void whatTheFirstReleaseWroteIsStillUnderstood(Stored stored) throws IOException {
    Object message = read(stored, stored.bytes());
    assertThat(message).isInstanceOf(ControlMessage.class);
    JsonNode then = cbor.readTree(stored.bytes());
    JsonNode now = cbor.readTree(serialization.serialize(message).get());
    assertThat(lost(then, now, "")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("stored")
  void whatTheNextReleaseAddsIsPassedOver(Stored stored) throws IOException {
    if (stored.manifest().contains("/")) {
      // Bulk formats have a version in their manifest instead, and the bytes are fixed.
      Stored again = write(read(stored, stored.bytes()), stored.full());
      if (again.manifest().equals(stored.manifest())) {
        assertThat(again.bytes()).isEqualTo(stored.bytes());
      }
      return;
    }
    JsonNode next = cbor.readTree(stored.bytes());
    assertThat(extend(next)).isPositive();
    byte[] bytes = cbor.writeValueAsBytes(next);
    assertThat(cbor.readTree(serialization.serialize(read(stored, bytes)).get()))
        .isEqualTo(cbor.readTree(serialization.serialize(read(stored, stored.bytes())).get()));
  }

  /** Adds fields of several kinds to every object; answers to how many. */
  private static int extend(JsonNode node) {
    int extended = 0;
    for (JsonNode child : node) {
      extended += extend(child);
    }
    if (node instanceof ObjectNode object) {
      object.put("addedNumber", 7.5).put("addedText", "of the next release").putNull("addedNull");
      object.putObject("addedObject").putArray("list").add(1);
      extended++;
    }
    return extended;
  }

  /** Enumerated values stand in sets, which have no order. */
  private static boolean isSet(JsonNode node) {
    boolean textual = node.isArray() && !node.isEmpty();
    for (JsonNode element : node) {
      textual &= element.isTextual();
    }
    return textual;
  }

  private static Set<String> texts(JsonNode array) {
    Set<String> texts = new TreeSet<>();
    array.forEach(element -> texts.add(element.asText()));
    return texts;
  }

  /** Paths whose value is not there any more, or is another. */
  private static List<String> lost(JsonNode then, JsonNode now, String path) {
    List<String> lost = new ArrayList<>();
    if (then instanceof ObjectNode object && now instanceof ObjectNode) {
      object
          .fields()
          .forEachRemaining(
              field ->
                  lost.addAll(
                      lost(
                          field.getValue(),
                          now.path(field.getKey()),
                          path + "/" + field.getKey())));
    } else if (isSet(then) && isSet(now) && texts(then).equals(texts(now))) {
      return lost;
    } else if (then instanceof ArrayNode && now instanceof ArrayNode && then.size() == now.size()) {
      for (int i = 0; i < then.size(); i++) {
        lost.addAll(lost(then.get(i), now.get(i), path + "/" + i));
      }
    } else if (!then.equals(now)) {
      lost.add(path + ": " + then + " became " + now);
    }
    return lost;
  }
}
