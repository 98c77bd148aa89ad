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
  private float[] staged = new float[0];

  /** Room for at least {@code size} floats, to be filled and then uploaded. */
  float[] stage(int size) {
    if (staged.length < size) {
      staged = new float[size];
    }
    return staged;
  }

  /** The floats last staged, as an array of this shape. */
  NDArray upload(NDManager manager, Shape shape) {
    return upload(manager, staged, 0, shape);
  }

  /** Uploads part of an array. */
  NDArray upload(NDManager manager, float[] values, int from, Shape shape) {
    int size = (int) shape.size();
    if (floats.capacity() < size) {
      bytes = ByteBuffer.allocateDirect(Float.BYTES * size).order(ByteOrder.nativeOrder());
      floats = bytes.asFloatBuffer();
    }
    floats.clear().put(values, from, size);
    bytes.clear().limit(Float.BYTES * size);
    return manager.create(bytes, shape, DataType.FLOAT32);
  }
}
