package io.kiss.learner.ppo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Native memory that is filled, uploaded and filled again. An engine may share it with the array
 * uploaded last instead of copying it, so that array must be done with before the next filling.
 */
final class HostBuffer {
  private ByteBuffer bytes = ByteBuffer.allocateDirect(0);
  private FloatBuffer floats = bytes.asFloatBuffer();

  /** Empties the buffer and makes room for {@code size} floats. */
  FloatBuffer fill(int size) {
    if (bytes.capacity() < Float.BYTES * size) {
      bytes = ByteBuffer.allocateDirect(Float.BYTES * size).order(ByteOrder.nativeOrder());
      floats = bytes.asFloatBuffer();
    }
    floats.clear();
    return floats;
  }

  /** The floats put in since {@link #fill}, as an array of this shape. */
  NDArray upload(NDManager manager, Shape shape) {
    bytes.clear().limit(Float.BYTES * floats.position());
    return manager.create(bytes, shape, DataType.FLOAT32);
  }

  /** Uploads part of an array. */
  NDArray upload(NDManager manager, float[] values, int from, Shape shape) {
    int size = (int) shape.size();
    fill(size).put(values, from, size);
    return upload(manager, shape);
  }
}
