package io.kiss.cluster.reproduce;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A study that is done: what there is to say of it, and its files. */
public final class StudyReport {
  /** Everything, for programs. */
  public static final String JSON = StudyFiles.JSON;

  /** A page for people that needs nothing but itself. */
  public static final String HTML = StudyFiles.HTML;

  private final StudyResult result;

  StudyReport(StudyResult result) {
    this.result = result;
  }

  StudyResult result() {
    return result;
  }

  /** What the paper claims, the claim, what came out here. */
  public List<List<String>> claims() {
    return new StudyText(result, false).claims();
  }

  /** All of it in sections, narrow enough for a terminal. */
  public List<StudyText.Section> sections() {
    return new StudyText(result, false).sections();
  }

  /**
   * Writes page and data, each whole or not at all, over those that are there.
   *
   * @param folder made where it is missing
   * @throws IOException if it cannot be written to
   */
  public void write(Path folder) throws IOException {
    StudyFiles.write(result, folder);
  }
}
