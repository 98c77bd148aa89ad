package io.kiss.cluster.reproduce;

import com.samskivert.mustache.Mustache;
import io.kiss.kisim.file.AtomicFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The files a study leaves behind. The same result gives the same bytes. */
final class StudyFiles {
  /** Everything, for programs. */
  static final String JSON = "reproduction.json";

  /** A page for people that needs nothing but itself. */
  static final String HTML = "reproduction.html";

  private StudyFiles() {}

  static void write(StudyResult result, Path folder) throws IOException {
    Files.createDirectories(folder);
    write(folder.resolve(JSON), StudyJson.of(result));
    write(folder.resolve(HTML), page(result));
  }

  private static void write(Path file, String text) throws IOException {
    AtomicFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  static String page(StudyResult result) throws IOException {
    StudyText text = new StudyText(result, true);
    return Mustache.compiler()
        .emptyStringIsFalse(true)
        .compile(resource("reproduction.mustache"))
        .execute(
            Map.of(
                "css",
                resource("report.css"),
                "claims",
                text.claims().stream()
                    .map(
                        claim ->
                            Map.of(
                                "what", claim.get(0),
                                "claimed", claim.get(1),
                                "found", claim.get(2)))
                    .toList(),
                "command",
                result.command(),
                "curve",
                CurveSvg.of(result.trainings()),
                "sections",
                text.sections().stream()
                    .map(
                        each ->
                            Map.of(
                                "title", each.title(),
                                "sentences", each.sentences(),
                                "header", each.header(),
                                "hasTable", !each.header().isEmpty(),
                                "rows", each.rows()))
                    .toList()));
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = StudyFiles.class.getResourceAsStream("/report/" + name)) {
      if (in == null) {
        throw new IOException("this build lacks /report/" + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
