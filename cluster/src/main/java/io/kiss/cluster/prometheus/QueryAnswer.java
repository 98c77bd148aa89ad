package io.kiss.cluster.prometheus;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.NumberInput;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An instant query's answer.
 *
 * @param rows in no order
 */
record QueryAnswer(List<Row> rows) {

  /**
   * An element of the vector.
   *
   * @param key of the grouping; empty where the series has no such label
   * @param le upper bound of a histogram's bucket; {@code NaN} without the label
   * @param value as it came, {@code NaN} and infinities included
   */
  record Row(String key, double le, double value) {}

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(20).maxStringLength(100_000).build())
          .build();

  /** Prometheus 2.50 to 2.53 put remarks that are no warnings among them. */
  private static final String REMARK = "PromQL info";

  /**
   * Reads {@code {"status":…,"data":{…}}}.
   *
   * @throws QueryFailure where it is no whole answer: an error, a part only, or something else
   * @throws IOException where the bytes end early or are no JSON
   */
  static QueryAnswer read(InputStream body, Grouping grouping) throws IOException {
    try (JsonParser json = JSON.createParser(body)) {
      return new Reader(json, grouping).read();
    }
  }

  /** A text that mostly is the one before, as a pod is from bucket to bucket. */
  private static final class Remembered {
    private String last = "";

    String text(JsonParser json) throws IOException {
      char[] characters = json.getTextCharacters();
      int from = json.getTextOffset();
      int length = json.getTextLength();
      boolean same = length == last.length();
      for (int i = 0; same && i < length; i++) {
        same = characters[from + i] == last.charAt(i);
      }
      if (!same) {
        last = new String(characters, from, length);
      }
      return last;
    }
  }

  private static final class Reader {
    private final JsonParser json;
    private final Grouping grouping;
    private final List<Row> rows = new ArrayList<>();
    private final Remembered[] keys;
    private final Map<String, Double> bounds = new HashMap<>();
    private final Remembered bound = new Remembered();
    private String status = "";
    private String error = "";
    private String warning = "";
    private String type = "";

    Reader(JsonParser json, Grouping grouping) {
      this.json = json;
      this.grouping = grouping;
      keys = new Remembered[grouping.labels().size()];
      Arrays.setAll(keys, label -> new Remembered());
    }

    QueryAnswer read() throws IOException {
      require(json.nextToken(), JsonToken.START_OBJECT);
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String key = json.currentName();
        json.nextToken();
        switch (key) {
          case "status" -> status = text();
          case "error" -> error = text();
          case "warnings" -> readWarnings();
          case "data" -> readData();
          default -> json.skipChildren();
        }
      }
      if (json.nextToken() != null) {
        throw notPrometheus();
      }
      return checked();
    }

    private QueryAnswer checked() {
      if (status.equals("error")) {
        throw QueryFailure.lasting("refuses the query: " + QueryFailure.quoted(error));
      }
      if (!status.equals("success")) {
        throw notPrometheus();
      }
      if (!warning.isEmpty()) {
        throw QueryFailure.passing(
            "answers in part only, with the warning: " + QueryFailure.quoted(warning));
      }
      if (!type.equals("vector")) {
        throw QueryFailure.lasting(
            "answers with a %s where an instant vector is wanted"
                .formatted(type.isEmpty() ? "nothing" : QueryFailure.quoted(type)));
      }
      return new QueryAnswer(rows);
    }

    private void readWarnings() throws IOException {
      if (json.currentToken() == JsonToken.VALUE_NULL) {
        return;
      }
      require(json.currentToken(), JsonToken.START_ARRAY);
      while (json.nextToken() != JsonToken.END_ARRAY) {
        String said = text();
        if (!said.startsWith(REMARK)) {
          warning = said;
        }
      }
    }

    private void readData() throws IOException {
      if (json.currentToken() == JsonToken.VALUE_NULL) {
        return;
      }
      require(json.currentToken(), JsonToken.START_OBJECT);
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String key = json.currentName();
        json.nextToken();
        if (key.equals("resultType")) {
          type = text();
        } else if (key.equals("result") && (type.isEmpty() || type.equals("vector"))) {
          readRows();
        } else {
          json.skipChildren();
        }
      }
    }

    private void readRows() throws IOException {
      require(json.currentToken(), JsonToken.START_ARRAY);
      while (json.nextToken() != JsonToken.END_ARRAY) {
        require(json.currentToken(), JsonToken.START_OBJECT);
        readRow();
      }
    }

    private void readRow() throws IOException {
      String key = "";
      int keyLabel = Integer.MAX_VALUE;
      double le = Double.NaN;
      double value = 0;
      boolean valued = false;
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String field = json.currentName();
        json.nextToken();
        if (field.equals("metric")) {
          while (json.nextToken() != JsonToken.END_OBJECT) {
            String label = json.currentName();
            require(json.nextToken(), JsonToken.VALUE_STRING);
            if (label.equals("le")) {
              le = bounds.computeIfAbsent(bound.text(json), Reader::number);
            }
            int index = grouping.labels().indexOf(label);
            // The first label that has a value counts, wherever it stands.
            if (index >= 0 && index < keyLabel && json.getTextLength() > 0) {
              keyLabel = index;
              key = keys[index].text(json);
            }
          }
        } else if (field.equals("value")) {
          require(json.currentToken(), JsonToken.START_ARRAY);
          json.nextToken();
          require(json.nextToken(), JsonToken.VALUE_STRING);
          value = number(json.getText());
          valued = true;
          require(json.nextToken(), JsonToken.END_ARRAY);
        } else {
          json.skipChildren();
        }
      }
      if (!valued) {
        throw QueryFailure.lasting(
            "answers without plain values, as of a native histogram; a classic one is wanted");
      }
      rows.add(new Row(key, le, value));
    }

    private String text() throws IOException {
      require(json.currentToken(), JsonToken.VALUE_STRING);
      return json.getText();
    }

    private static double number(String text) {
      return switch (text) {
        case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
        case "-Inf" -> Double.NEGATIVE_INFINITY;
        default -> {
          try {
            // Prometheus writes all 17 digits, which Java's own parser needs big integers for.
            yield NumberInput.parseDouble(text, true);
          } catch (NumberFormatException e) {
            throw notPrometheus();
          }
        }
      };
    }

    private static void require(JsonToken found, JsonToken wanted) {
      if (found != wanted) {
        throw notPrometheus();
      }
    }
  }

  static QueryFailure notPrometheus() {
    return QueryFailure.lasting(
        "answers something that is not the JSON of Prometheus' query API; is the URL right?");
  }
}
