package io.kiss.cluster.boot;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** What is known of this build. */
public final class BuildInfo {
  private static final String UNKNOWN = "unknown";

  private BuildInfo() {}

  /**
   * The git commit it was built from, with {@code -dirty} where files had been changed since;
   * {@code unknown} where it was not built in a checkout.
   */
  public static String commit() {
    try (InputStream in = BuildInfo.class.getResourceAsStream("/kiss-build.properties")) {
      if (in == null) {
        return UNKNOWN;
      }
      Properties properties = new Properties();
      properties.load(in);
      String commit = properties.getProperty("commit", "");
      return commit.matches("[0-9a-f]{7,64}(-dirty)?") ? commit : UNKNOWN;
    } catch (IOException e) {
      return UNKNOWN;
    }
  }
}
