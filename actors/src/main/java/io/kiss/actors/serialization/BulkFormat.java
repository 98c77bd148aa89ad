package io.kiss.actors.serialization;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;

/**
 * Field by field, so that the order on the wire is what the code says. A change of a format asks
 * for a new version in the manifest of every message that holds it.
 */
abstract class BulkFormat<T> extends Serializer<T> {

  BulkFormat() {
    super(false, true);
  }

  abstract void write(Kryo kryo, BulkOutput out, T value);

  abstract T read(Kryo kryo, BulkInput in);

  /** Bytes to start the buffer with; too few cost a copy, nothing else. */
  int estimateBytes(T value) {
    return 256;
  }

  @Override
  public final void write(Kryo kryo, Output output, T value) {
    write(kryo, (BulkOutput) output, value);
  }

  @Override
  public final T read(Kryo kryo, Input input, Class<? extends T> type) {
    return read(kryo, (BulkInput) input);
  }
}
