package io.kiss.actors.serialization;

import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.Input;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads what {@link BulkOutput} wrote. Every length is held against the bytes that are left before
 * anything is allocated, so that a torn or hostile message cannot ask for more memory than it has
 * itself.
 */
final class BulkInput extends Input {

  BulkInput(byte[] bytes) {
    super(bytes);
  }

  String readText() {
    return new String(readByteArray(), StandardCharsets.UTF_8);
  }

  byte[] readByteArray() {
    return readBytes(readLength(Byte.BYTES));
  }

  float[] readFloatArray() {
    float[] values = new float[readLength(Float.BYTES)];
    data(values.length).asFloatBuffer().get(values);
    position += Float.BYTES * values.length;
    return values;
  }

  int[] readIntArray() {
    int[] values = new int[readLength(Integer.BYTES)];
    data(values.length).asIntBuffer().get(values);
    position += Integer.BYTES * values.length;
    return values;
  }

  void requireEnd() {
    if (position != limit) {
      throw new KryoException((limit - position) + " bytes after the end of the message");
    }
  }

  private int readLength(int bytesPerElement) {
    int length = readInt();
    int left = limit - position;
    if (length < 0 || length > left / bytesPerElement) {
      throw new KryoException(
          "an array of " + length + " elements is announced where " + left + " bytes are left");
    }
    return length;
  }

  private ByteBuffer data(int elements) {
    return ByteBuffer.wrap(buffer, position, Integer.BYTES * elements)
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
