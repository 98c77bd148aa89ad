package io.kiss.kisim.scenario;

/** Writes JSON: this module has no library for it. */
final class Json {
  private final StringBuilder out = new StringBuilder();
  private boolean first = true;

  void open(String name) {
    name(name);
    out.append('{');
    first = true;
  }

  void close() {
    out.append('}');
    first = false;
  }

  void openList(String name) {
    name(name);
    out.append('[');
    first = true;
  }

  void closeList() {
    out.append(']');
    first = false;
  }

  void put(String name, String value) {
    name(name);
    text(value);
  }

  void put(String name, long value) {
    name(name);
    out.append(value);
  }

  void put(String name, double value) {
    name(name);
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      out.append("null");
    } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      out.append((long) value);
    } else {
      out.append(value);
    }
  }

  private void name(String name) {
    if (!first) {
      out.append(',');
    }
    first = false;
    if (!name.isEmpty()) {
      text(name);
      out.append(':');
    }
  }

  private void text(String value) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
