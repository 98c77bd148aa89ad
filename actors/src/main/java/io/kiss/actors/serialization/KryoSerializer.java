package io.kiss.actors.serialization;

import akka.actor.ExtendedActorSystem;
import akka.serialization.ByteBufferSerializer;
import akka.serialization.SerializerWithStringManifest;
import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.util.Pool;
import io.kiss.actors.protocol.BulkMessage;
import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.LearnerProtocol.Candidate;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.actors.protocol.WorkerProtocol.UseIteration;
import java.io.NotSerializableException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Serializes every {@link BulkMessage}. The manifest names class and version of the format, such as
 * {@code segment/1}; a manifest that is not known here is refused, as is a message that is torn.
 */
public final class KryoSerializer extends SerializerWithStringManifest
    implements ByteBufferSerializer {

  /** Akka keeps 0..40 to itself. */
  private static final int IDENTIFIER = 7471;

  private static final Map<Class<?>, String> MANIFESTS =
      Map.of(
          TrajectorySegment.class, "segment/1",
          UseIteration.class, "use-iteration/1",
          Candidate.class, "candidate/1",
          EpisodeSummary.class, "episodes/1");

  private static final Map<String, Class<?>> CLASSES = inverse(MANIFESTS);

  /** A Kryo serves one thread at a time. */
  private final Pool<Kryo> kryos =
      new Pool<>(true, false, 16) {
        @Override
        protected Kryo create() {
          return BulkFormats.newKryo();
        }
      };

  /** Called by Akka. */
  public KryoSerializer(ExtendedActorSystem system) {}

  private static Map<String, Class<?>> inverse(Map<Class<?>, String> manifests) {
    Map<String, Class<?>> classes = new HashMap<>();
    manifests.forEach((type, manifest) -> classes.put(manifest, type));
    return Map.copyOf(classes);
  }

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object message) {
    String manifest = MANIFESTS.get(message.getClass());
    if (manifest == null) {
      throw new IllegalArgumentException(
          message.getClass().getName()
              + " has no bulk format; add one to BulkFormats, or make it a ControlMessage");
    }
    return manifest;
  }

  @Override
  public byte[] toBinary(Object message) {
    return write(message).toBytes();
  }

  @Override
  public void toBinary(Object message, ByteBuffer buffer) {
    BulkOutput out = write(message);
    buffer.put(out.getBuffer(), 0, out.position());
  }

  private BulkOutput write(Object message) {
    manifest(message);
    Kryo kryo = kryos.obtain();
    try {
      BulkOutput out = new BulkOutput(estimateBytes(kryo, message));
      kryo.writeObject(out, message);
      return out;
    } finally {
      kryos.free(kryo);
    }
  }

  @SuppressWarnings("unchecked")
  private static int estimateBytes(Kryo kryo, Object message) {
    return ((BulkFormat<Object>) kryo.getSerializer(message.getClass())).estimateBytes(message);
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    Class<?> type = CLASSES.get(manifest);
    if (type == null) {
      throw new NotSerializableException(
          "bulk message '"
              + manifest
              + "' is not known to this version; it knows "
              + CLASSES.keySet());
    }
    Kryo kryo = kryos.obtain();
    try {
      BulkInput in = new BulkInput(bytes);
      Object message = kryo.readObject(in, type);
      in.requireEnd();
      return message;
    } catch (RuntimeException e) {
      NotSerializableException torn =
          new NotSerializableException(
              "bulk message '" + manifest + "' is torn: " + e.getMessage());
      torn.initCause(e);
      throw torn;
    } finally {
      kryos.free(kryo);
    }
  }

  @Override
  public Object fromBinary(ByteBuffer buffer, String manifest) throws NotSerializableException {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return fromBinary(bytes, manifest);
  }
}
