package io.kiss.kisim.text;

/**
 * Writes JSON: this module has no library for it. The name of what stands in a list is empty. A
 * number that is NaN or infinite was not measured: null.
 */
public final class Json {
  private final StringBuilder out = new StringBuilder();
  private boolean first = true;

  /** Begins an object. */
  public void open(String name) {
    name(name);
    out.append('{');
    first = true;
  }

  /** Ends an object. */
  public void close() {
    out.append('}');
    first = false;
  }

  /** Begins a list. */
  public void openList(String name) {
    name(name);
    out.append('[');
    first = true;
  }

  /** Ends a list. */
  public void closeList() {
    out.append(']');
    first = false;
  }

  /** A text. */
  public void put(String name, String value) {
    name(name);
    text(value);
  }

  /** A whole number. */
  public void put(String name, long value) {
    name(name);
    out.append(value);
  }

  /** A number, without a fraction where it has none. */
  public void put(String name, double value) {
    name(name);
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      out.append("null");
    } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      out.append((long) value);
    } else {
      out.append(value);
    }
  }

  /** True or false. */
  public void put(String name, boolean value) {
    name(name);
    out.append(value);
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
