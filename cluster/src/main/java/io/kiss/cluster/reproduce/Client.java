package io.kiss.cluster.reproduce;

import io.kiss.kisim.paper.PaperSetup;
import io.kiss.kisim.traffic.pattern.ClientSettings;
import java.util.Locale;

/** The load generators a study knows. */
public enum Client {
  /** Never waits for itself: what users see is the service. */
  UNLIMITED(ClientSettings.UNLIMITED, "a load generator without limit"),
  /** The paper's, which saturates at 14 tasks a second: what users see is mostly itself. */
  PAPER(PaperSetup.PAPER_CLIENT, "the paper's load generator (14 tasks/s at most)");

  private final ClientSettings settings;
  private final String about;

  Client(ClientSettings settings, String about) {
    this.settings = settings;
    this.about = about;
  }

  /** What it costs to send and receive. */
  public ClientSettings settings() {
    return settings;
  }

  /** What it is, for people. */
  public String about() {
    return about;
  }

  /** As one writes it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
