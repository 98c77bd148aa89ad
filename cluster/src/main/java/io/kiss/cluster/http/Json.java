package io.kiss.cluster.http;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCode;
import akka.http.javadsl.model.StatusCodes;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.kiss.actors.protocol.TrainingBudget;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** JSON as the admin API speaks it: what was not measured is {@code null}, never a number. */
final class Json {
  static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .addModule(new JavaTimeModule())
          .addModule(
              new SimpleModule()
                  .addSerializer(Double.class, new MeasuredOrNull())
                  .addSerializer(double.class, new MeasuredOrNull())
                  .addSerializer(TrainingBudget.class, new LimitOrNull()))
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          // A record is its components; what it can say of itself is no part of the contract.
          .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final akka.http.javadsl.model.ContentType PROBLEM =
      MediaTypes.applicationWithFixedCharset(
              "problem+json", akka.http.javadsl.model.HttpCharsets.UTF_8)
          .toContentType();

  private Json() {}

  /** Writes NaN and the infinities, which JSON does not have, as null. */
  private static final class MeasuredOrNull extends StdSerializer<Double> {
    private static final long serialVersionUID = 1;

    MeasuredOrNull() {
      super(Double.class);
    }

    @Override
    public void serialize(Double value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        out.writeNumber(value);
      } else {
        out.writeNull();
      }
    }
  }

  /** Writes what a budget does not limit as null: between nodes that is the largest number. */
  private static final class LimitOrNull extends StdSerializer<TrainingBudget> {
    private static final long serialVersionUID = 1;

    LimitOrNull() {
      super(TrainingBudget.class);
    }

    @Override
    public void serialize(TrainingBudget budget, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeStartObject();
      if (budget.limitsSeconds()) {
        out.writeNumberField("seconds", budget.seconds());
      } else {
        out.writeNullField("seconds");
      }
      if (budget.limitsSteps()) {
        out.writeNumberField("environmentSteps", budget.environmentSteps());
      } else {
        out.writeNullField("environmentSteps");
      }
      out.writeEndObject();
    }
  }

  static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + value.getClass().getSimpleName(), e);
    }
  }

  /** Reads a request's body; an {@link ApiProblem} names the field that is wrong. */
  static <T> T read(String body, Class<T> type) {
    try {
      T value = MAPPER.readValue(body.isBlank() ? "{}" : body, type);
      if (value == null) {
        throw ApiProblem.badRequest("the body must be a JSON object, not null");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw ApiProblem.badRequest(sentence(e));
    }
  }

  static String sentence(JsonProcessingException e) {
    return sentence("", e);
  }

  /**
   * What is wrong with a value.
   *
   * @param key where the value stands; empty: it is the body
   */
  static String sentence(String key, JsonProcessingException e) {
    if (e instanceof JsonParseException) {
      return "the body is not JSON: line %d, column %d"
          .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
    }
    String inside =
        e instanceof JsonMappingException mapping
            ? mapping.getPath().stream()
                .map(
                    step ->
                        step.getFieldName() == null ? "" + step.getIndex() : step.getFieldName())
                .collect(Collectors.joining("."))
            : "";
    String field = key.isEmpty() || inside.isEmpty() ? key + inside : key + "." + inside;
    if (e instanceof UnrecognizedPropertyException) {
      return field + ": there is no such field";
    }
    if (e.getCause() instanceof IllegalArgumentException refused) {
      return field.isEmpty() ? refused.getMessage() : field + ": " + refused.getMessage();
    }
    if (e instanceof InvalidFormatException wrong && wrong.getTargetType().isEnum()) {
      return "%s: '%s' is not one of %s"
          .formatted(
              field, wrong.getValue(), Arrays.toString(wrong.getTargetType().getEnumConstants()));
    }
    String subject = field.isEmpty() ? "the body" : field + ":";
    if (e instanceof MismatchedInputException mismatch) {
      return e.getOriginalMessage().startsWith("Trailing token")
          ? "the body must be one JSON object and nothing after it"
          : subject + " must be " + expected(mismatch.getTargetType());
    }
    return subject + " cannot be read, such as a number out of range; see /openapi.yaml";
  }

  /** Jackson's own sentences are about Java types. */
  private static String expected(Class<?> type) {
    if (type == Integer.class || type == int.class || type == Long.class || type == long.class) {
      return "a whole number";
    }
    if (type == Double.class || type == double.class) {
      return "a number";
    }
    if (type == String.class) {
      return "text";
    }
    return type != null && type.isEnum()
        ? "one of " + Arrays.toString(type.getEnumConstants())
        : "a JSON object";
  }

  /** The ETag of a representation: a strong one, of its text. */
  static String etag(String json) {
    try {
      byte[] digest =
          java.security.MessageDigest.getInstance("SHA-256")
              .digest(json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      return '"' + java.util.HexFormat.of().formatHex(digest, 0, 12) + '"';
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As {@link #ok}, where only a part of what is shown is what a client can change. */
  static HttpResponse ok(Object value, Object changeable) {
    return ok(value)
        .addHeader(
            akka.http.javadsl.model.headers.RawHeader.create("ETag", etag(write(changeable))));
  }

  static HttpResponse ok(Object value) {
    return response(StatusCodes.OK, value);
  }

  static HttpResponse response(StatusCode status, Object value) {
    return HttpResponse.create()
        .withStatus(status)
        .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, write(value)));
  }

  /** An RFC 9457 problem document. */
  static HttpResponse problem(StatusCode status, String detail) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("type", "about:blank");
    document.put("title", status.reason());
    document.put("status", status.intValue());
    document.put("detail", detail);
    return HttpResponse.create()
        .withStatus(status)
        .withEntity(
            HttpEntities.create(
                PROBLEM, write(document).getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }
}
