package io.kiss.actors.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.serialization.Serializers;
import akka.serialization.jackson.JacksonCborSerializer;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.protocol.BulkMessage;
import io.kiss.actors.protocol.ControlMessage;
import io.kiss.actors.protocol.LearnerProtocol.Candidate;
import io.kiss.actors.protocol.TrajectorySegment;
import java.io.NotSerializableException;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WireMessagesTest {
  private static ActorTestKit kit;
  private static Serialization serialization;

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create("wire");
    serialization = SerializationExtension.get(kit.system());
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  /** Every class that can be sent: whatever can be instantiated and is marked. */
  static Stream<Class<?>> wireMessages() {
    return new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.kiss.actors")
            .stream()
            .filter(
                c -> c.isAssignableTo(ControlMessage.class) || c.isAssignableTo(BulkMessage.class))
            .map(JavaClass::reflect)
            .filter(c -> !c.isInterface() && !Modifier.isAbstract(c.getModifiers()))
            .sorted(Comparator.comparing(Class::getName))
            .map(c -> (Class<?>) c);
  }

  @Test
  void theSearchFindsRecordsWhereverTheyAreNested() {
    assertThat(wireMessages().toList())
        .hasSizeGreaterThan(30)
        .contains(TrajectorySegment.class, Candidate.class, DecisionRecord.class);
  }

  @ParameterizedTest
  @MethodSource("wireMessages")
  void everyMessageComesBackAsItWasSent(Class<?> type) throws Exception {
    for (boolean bare : List.of(false, true)) {
      TestProbe<Object> probe = kit.createTestProbe();
      Object sent = new WireSamples(probe.ref(), bare).of(type);

      Object received = roundTrip(sent);

      assertThat(received).isExactlyInstanceOf(type).isNotSameAs(sent);
      assertThat(received)
          .usingRecursiveComparison()
          .withEqualsForType((a, b) -> Double.compare(a, b) == 0, Double.class)
          .withEqualsForType((a, b) -> Float.compare(a, b) == 0, Float.class)
          .ignoringCollectionOrder()
          .isEqualTo(sent);
    }
  }

  @ParameterizedTest
  @MethodSource("wireMessages")
  void markersDecideTheSerializer(Class<?> type) throws Exception {
    assertThat(ControlMessage.class.isAssignableFrom(type))
        .as("one marker, not both")
        .isNotEqualTo(BulkMessage.class.isAssignableFrom(type));
    assertThat(serialization.serializerFor(type))
        .isInstanceOf(
            ControlMessage.class.isAssignableFrom(type)
                ? JacksonCborSerializer.class
                : KryoSerializer.class);
  }

  @Test
  void javaSerializationIsRefused() {
    assertThat(serialization.serialize(new java.util.Date(0)).isFailure()).isTrue();
    assertThat(serialization.serialize(new int[] {1}).isFailure()).isTrue();
  }

  @Test
  void anUnknownManifestIsRefused() {
    KryoSerializer serializer = kryo();
    assertThatThrownBy(() -> serializer.fromBinary(new byte[0], "segment/2"))
        .isInstanceOf(NotSerializableException.class)
        .hasMessageContaining("segment/2");
  }

  @Test
  void aBulkMessageThatEndsAnywhereTooEarlyIsRefused() {
    KryoSerializer serializer = kryo();
    TestProbe<Object> probe = kit.createTestProbe();
    Object segment = new WireSamples(probe.ref(), false).of(TrajectorySegment.class);
    byte[] whole = serializer.toBinary(segment);

    for (int length = 0; length < whole.length; length++) {
      byte[] torn = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> serializer.fromBinary(torn, "segment/1"))
          .isInstanceOf(NotSerializableException.class);
    }
    byte[] tooLong = Arrays.copyOf(whole, whole.length + 1);
    assertThatThrownBy(() -> serializer.fromBinary(tooLong, "segment/1"))
        .isInstanceOf(NotSerializableException.class)
        .hasMessageContaining("after the end");
  }

  @Test
  void anArrayLongerThanTheMessageIsRefusedBeforeItIsAllocated() {
    byte[] hostile = ByteBuffer.allocate(8).putInt(Integer.MAX_VALUE).array();
    hostile = withLittleEndianLength(hostile, Integer.MAX_VALUE);
    BulkInput in = new BulkInput(hostile);
    assertThatThrownBy(in::readFloatArray).hasMessageContaining("2147483647 elements");
    BulkInput negative = new BulkInput(withLittleEndianLength(hostile, -1));
    assertThatThrownBy(negative::readByteArray).hasMessageContaining("-1 elements");
  }

  private static byte[] withLittleEndianLength(byte[] bytes, int length) {
    byte[] copy = bytes.clone();
    ByteBuffer.wrap(copy).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(length);
    return copy;
  }

  @Test
  void aClassWithoutFormatIsRefusedWithTheWayOut() {
    assertThatThrownBy(() -> kryo().toBinary("text"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("BulkFormats");
  }

  private static KryoSerializer kryo() {
    return new KryoSerializer(null);
  }

  private static Object roundTrip(Object message) {
    byte[] bytes = serialization.serialize(message).get();
    int id = serialization.findSerializerFor(message).identifier();
    String manifest = Serializers.manifestFor(serialization.findSerializerFor(message), message);
    return serialization.deserialize(bytes, id, manifest).get();
  }
}
