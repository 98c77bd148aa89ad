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
 *
 * <p>Where the engine's arrays are kept ({@link DjlEngine#keepsArrays}), an upload writes over the
 * array of the last one, and only another shape makes a new one.
 */
final class HostBuffer {
  private final NDManager keeper;
  private final boolean gradient;
  private ByteBuffer bytes = ByteBuffer.allocateDirect(0);
  private FloatBuffer floats = bytes.asFloatBuffer();
  private NDArray kept;

  private HostBuffer(NDManager keeper, boolean gradient) {
    this.keeper = keeper;
    this.gradient = gradient;
  }

  /**
   * Of what the loss is not differentiated by.
   *
   * @param keeper what kept arrays hang on, or null where arrays are made anew each time
   */
  static HostBuffer of(NDManager keeper) {
    return new HostBuffer(keeper, false);
  }

  /** Of what it is differentiated by. */
  static HostBuffer withGradient(NDManager keeper) {
    return new HostBuffer(keeper, true);
  }

  /** An array of at least {@code size} floats: this one, or a new one where it is too short. */
  static float[] room(float[] array, int size) {
    return array.length < size ? new float[size] : array;
  }

  /** Takes room for {@code size} floats, all of which are to be put in before the upload. */
  void reserve(int size) {
    if (floats.capacity() < size) {
      bytes = ByteBuffer.allocateDirect(Float.BYTES * size).order(ByteOrder.nativeOrder());
      floats = bytes.asFloatBuffer();
    }
  }

  /** Puts in part of an array, to lie from {@code at} on. */
  void put(int at, float[] values, int from, int length) {
    floats.put(at, values, from, length);
  }

  /** What was put in, as an array of this shape that hangs on {@code step}. */
  NDArray upload(NDManager step, Shape shape) {
    bytes.clear().limit(Float.BYTES * (int) shape.size());
    if (keeper == null) {
      return made(step.create(bytes, shape, DataType.FLOAT32));
    }
    if (kept == null || !kept.getShape().equals(shape)) {
      if (kept != null) {
        kept.close();
      }
      kept = made(keeper.create(shape, DataType.FLOAT32));
    }
    kept.set(bytes);
    kept.tempAttach(step);
    return kept;
  }

  private NDArray made(NDArray array) {
    if (gradient) {
      array.setRequiresGradient(true);
    }
    return array;
  }

  /** Uploads as many floats of an array as the shape has. */
  NDArray upload(NDManager step, float[] values, int from, Shape shape) {
    int size = (int) shape.size();
    reserve(size);
    put(0, values, from, size);
    return upload(step, shape);
  }
}
