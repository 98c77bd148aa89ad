package io.kiss.actors.scaler;

import io.kiss.kisim.autoscale.shadow.Shadows;
import java.util.List;

/** Who decides beside each scaler of a namespace; another object is another list. */
final class ShadowSet {
  static final ShadowSet NONE = new ShadowSet(List.of());

  private final List<Shadows.Entry> entries;

  ShadowSet(List<Shadows.Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  List<Shadows.Entry> entries() {
    return entries;
  }
}
