package io.kiss.actors.serialization;

import com.esotericsoftware.kryo.io.Output;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Kryo's output with arrays copied in one go: the number of elements, then little-endian data. */
final class BulkOutput extends Output {

  BulkOutput(int initialBytes) {
    super(initialBytes, -1);
  }

  void writeText(String value) {
    writeByteArray(value.getBytes(StandardCharsets.UTF_8));
  }

  void writeByteArray(byte[] values) {
    writeInt(values.length);
    writeBytes(values);
  }

  void writeFloatArray(float[] values) {
    writeInt(values.length);
    room(values.length).asFloatBuffer().put(values);
    position += Float.BYTES * values.length;
  }

  void writeIntArray(int[] values) {
    writeInt(values.length);
    room(values.length).asIntBuffer().put(values);
    position += Integer.BYTES * values.length;
  }

  private ByteBuffer room(int elements) {
    int bytes = Math.multiplyExact(Integer.BYTES, elements);
    require(bytes);
    return ByteBuffer.wrap(buffer, position, bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
