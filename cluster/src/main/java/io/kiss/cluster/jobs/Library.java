package io.kiss.cluster.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The files that a request may name: profiles and scenarios that come with KIS-S, and whatever an
 * operator puts into one folder. A name is never a path, so that nothing else of this machine can
 * be read through it.
 *
 * @param profiles folder of the service profiles
 * @param scenarios folder of the scenarios
 * @param files the operator's folder
 */
public record Library(Path profiles, Path scenarios, Path files) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  /** The library of a checkout. */
  public static Library of(Path home, Path files) {
    return new Library(
        home.resolve("conf").resolve("profiles"), home.resolve("conf").resolve("scenarios"), files);
  }

  /** A trace of the operator's folder. */
  public Path trace(String name) {
    return find("trace", name, List.of(files));
  }

  /** A scenario of either folder; {@code .conf} may be left out. */
  public Path scenario(String name) {
    return find("scenario", name, List.of(scenarios, files));
  }

  /** A file of profiles. */
  public Path profile(String name) {
    return find("profile", name, List.of(profiles, files));
  }

  private static Path find(String what, String name, List<Path> folders) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          what + ": '" + name + "' is not the name of a file; folders cannot be named");
    }
    for (Path folder : folders) {
      for (String each : List.of(name, name + ".conf")) {
        Path file = folder.resolve(each);
        if (Files.isRegularFile(file) && isInside(folder, file)) {
          return file;
        }
      }
    }
    throw new IllegalArgumentException(
        what + ": there is no '" + name + "' in " + describe(folders));
  }

  private static String describe(List<Path> folders) {
    return folders.size() == 1
        ? "the node's folder kiss.jobs.files"
        : "conf or the node's folder kiss.jobs.files";
  }

  /** A link may not lead out. */
  private static boolean isInside(Path folder, Path file) {
    try {
      return file.toRealPath().startsWith(folder.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }
}
