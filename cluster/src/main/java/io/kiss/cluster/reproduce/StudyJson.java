package io.kiss.cluster.reproduce;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;

/** A study for programs: the fields of {@link StudyResult}, {@code null} where nothing was. */
final class StudyJson {
  private static final MathContext DIGITS = new MathContext(10);

  private StudyJson() {}

  static String of(StudyResult result) {
    SimpleModule numbers = new SimpleModule();
    numbers.addSerializer(double.class, new Number());
    numbers.addSerializer(Double.class, new Number());
    numbers.addSerializer(double[].class, new Numbers());
    try {
      return new ObjectMapper()
              .registerModule(numbers)
              .enable(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(result)
          + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a study that cannot be written: " + e.getMessage(), e);
    }
  }

  private static void write(double value, JsonGenerator out) throws IOException {
    if (Double.isFinite(value)) {
      out.writeNumber(new BigDecimal(value).round(DIGITS).stripTrailingZeros());
    } else {
      out.writeNull();
    }
  }

  private static final class Number extends JsonSerializer<Double> {
    @Override
    public void serialize(Double value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      write(value, out);
    }
  }

  private static final class Numbers extends JsonSerializer<double[]> {
    @Override
    public void serialize(double[] values, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeStartArray();
      for (double value : values) {
        write(value, out);
      }
      out.writeEndArray();
    }
  }
}
