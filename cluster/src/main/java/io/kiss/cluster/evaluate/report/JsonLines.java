package io.kiss.cluster.evaluate.report;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/** Writes JSON in the order it is told; NaN and the infinities, which JSON lacks, as null. */
final class JsonLines {
  private final JsonGenerator out;

  JsonLines(JsonGenerator out) {
    this.out = out;
  }

  /** What writes the inside of an object. */
  interface Inside<T> {
    void write(T value) throws IOException;
  }

  void open() throws IOException {
    out.writeStartObject();
  }

  void open(String name) throws IOException {
    out.writeObjectFieldStart(name);
  }

  void close() throws IOException {
    out.writeEndObject();
  }

  void text(String name, String value) throws IOException {
    out.writeStringField(name, value);
  }

  void whole(String name, long value) throws IOException {
    out.writeNumberField(name, value);
  }

  void number(String name, double value) throws IOException {
    out.writeFieldName(name);
    if (Double.isFinite(value)) {
      out.writeNumber(Numbers.full(value));
    } else {
      out.writeNull();
    }
  }

  void texts(String name, List<String> values) throws IOException {
    out.writeArrayFieldStart(name);
    for (String value : values) {
      out.writeString(value);
    }
    out.writeEndArray();
  }

  void numbers(String name, double[] values) throws IOException {
    out.writeArrayFieldStart(name);
    for (double value : values) {
      out.writeNumber(Numbers.full(value));
    }
    out.writeEndArray();
  }

  /** Objects, whose inside is written by {@code inside}. */
  <T> void list(String name, List<T> values, Inside<T> inside) throws IOException {
    out.writeArrayFieldStart(name);
    for (T value : values) {
      out.writeStartObject();
      inside.write(value);
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  void series(String name, float[] values) throws IOException {
    out.writeArrayFieldStart(name);
    for (float value : values) {
      if (Float.isFinite(value)) {
        out.writeNumber(Numbers.series(value));
      } else {
        out.writeNull();
      }
    }
    out.writeEndArray();
  }

  void series(String name, short[] values) throws IOException {
    out.writeArrayFieldStart(name);
    for (short value : values) {
      out.writeNumber(value);
    }
    out.writeEndArray();
  }
}
