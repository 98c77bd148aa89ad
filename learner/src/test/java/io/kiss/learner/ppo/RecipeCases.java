package io.kiss.learner.ppo;

import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.evaluate.TournamentCase;
import io.kiss.kisim.evaluate.TournamentCases;
import io.kiss.kisim.gpu.DeviceKind;
import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.gpu.DeviceType;
import io.kiss.kisim.serving.BatchCurve;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.serving.TimeoutAction;
import io.kiss.kisim.traffic.ArrivalTrace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What recipes are measured on: Deployments that training does not draw, and stretches of recorded
 * traffic with services whose shapes are not in the pool.
 */
final class RecipeCases {
  private static final long DRAWN_SEED = 4711;
  private static final long TUNING_SEED = 815;
  private static final int DRAWN = 60;
  private static final int TUNING = 60;

  private static final int WINDOW_SECONDS = 6 * 3600;
  private static final int MOST_WINDOWS = 3;
  private static final double VIOLATION_PRICE = 10;

  private RecipeCases() {}

  /**
   * Cases that are looked at together.
   *
   * @param name a trace and a start-up time, or {@code drawn}
   */
  record Group(String name, List<TournamentCase> cases) {}

  /**
   * What traces are replayed on.
   *
   * @param startupSeconds of a pod
   * @param peakReplicas that the busiest minute keeps busy
   */
  record Rod(List<Integer> startupSeconds, List<Integer> peakReplicas, List<Unseen> services) {
    /** The one that recipes are chosen by. */
    static final Rod FIRST =
        new Rod(
            List.of(30, 120, 300),
            List.of(15),
            List.of(
                new Unseen("quick", 0.08, 1.25, 12, 0.25, 8),
                new Unseen("slow", 0.6, 1.6, 3, 0.6, 5)));

    /** One that nothing was chosen by: what the first says may be luck of its two services. */
    static final Rod SECOND =
        new Rod(
            List.of(60, 200),
            List.of(8, 20),
            List.of(
                new Unseen("fast", 0.03, 1.15, 16, 0.2, 12),
                new Unseen("middling", 0.25, 1.4, 6, 0.4, 6),
                new Unseen("slower", 1.5, 1.7, 2, 0.5, 4),
                new Unseen("text", 4.0, 1.2, 8, 0.8, 6)));

    static Rod of(String name) {
      return switch (name) {
        case "first" -> FIRST;
        case "second" -> SECOND;
        default -> throw new IllegalArgumentException("rod must be first or second, not " + name);
      };
    }
  }

  /** What baselines are tuned on beforehand: draws of training's kind, but others. */
  static List<TournamentCase> tuning() {
    return TournamentCases.heldOut(TUNING, TUNING_SEED, EnvironmentSettings.DEFAULT);
  }

  /** Held-out draws. */
  static Group drawn() {
    return new Group(
        "drawn", TournamentCases.heldOut(DRAWN, DRAWN_SEED, EnvironmentSettings.DEFAULT));
  }

  /**
   * Up to {@value #MOST_WINDOWS} stretches of each trace of a folder, spread over it, each with
   * every size, start-up time and service of the rod.
   *
   * @param wanted parts of file names; empty: all
   */
  static List<Group> replays(Path folder, List<String> wanted, Rod rod) throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files = listed.filter(file -> wanted(file, wanted)).sorted().toList();
    }
    List<Group> groups = new ArrayList<>();
    for (Path file : files) {
      ArrivalTrace trace = ArrivalTrace.read(file);
      for (int startup : rod.startupSeconds()) {
        for (Unseen unseen : rod.services()) {
          List<TournamentCase> cases = new ArrayList<>();
          for (int peak : rod.peakReplicas()) {
            cases.addAll(stretches(trace, startup, unseen, peak));
          }
          groups.add(new Group(trace.name() + " " + startup + " s " + unseen.name(), cases));
        }
      }
    }
    return groups;
  }

  private static boolean wanted(Path file, List<String> parts) {
    String name = file.getFileName().toString();
    return name.contains(".csv") && (parts.isEmpty() || parts.stream().anyMatch(name::contains));
  }

  private static List<TournamentCase> stretches(
      ArrivalTrace trace, int startup, Unseen unseen, int peak) {
    int seconds = Math.min(WINDOW_SECONDS, trace.durationSeconds());
    int room = trace.durationSeconds() - seconds;
    int windows = Math.min(MOST_WINDOWS, trace.durationSeconds() / seconds);
    List<TournamentCase> cases = new ArrayList<>();
    for (int w = 0; w < windows; w++) {
      int from = windows == 1 ? 0 : (int) ((long) room * w / (windows - 1));
      TournamentCase each =
          TournamentCases.replay(
              trace.window(from, from + seconds),
              unseen.service(),
              peak,
              unseen.sloFactor() * unseen.loneSeconds(),
              startup,
              VIOLATION_PRICE,
              EnvironmentSettings.DEFAULT.tickSeconds(),
              w + 1);
      String name =
          "%s %d s, %s, peak %d, window %d"
              .formatted(trace.name(), startup, unseen.name(), peak, w + 1);
      cases.add(new TournamentCase(name, each.episode(), each.seed()));
    }
    return cases;
  }

  /**
   * A service whose shape training does not draw: two instances with batches of another size than
   * the pool's.
   *
   * @param loneSeconds latency of a lone request
   * @param second device time of a batch of two over that of one
   * @param sloFactor SLO over the latency of a lone request
   */
  record Unseen(
      String name, double loneSeconds, double second, int most, double cv, double sloFactor) {

    ServiceModel service() {
      double host = 0.15 * loneSeconds;
      double device = loneSeconds - host;
      return new ServiceModel(
          name,
          new DeviceType("gpu", DeviceKind.GPU, 24, 60, 300, 1, 1, "a GPU like any other"),
          new DeviceSharing.Exclusive(),
          new BatchCurve(
              new double[] {1, 2},
              new double[] {host, host},
              new double[] {device, second * device},
              false),
          ServiceNoise.lognormal(cv),
          new DynamicBatching(most, new int[0], 0, 2, 0, 0, TimeoutAction.REJECT),
          1,
          StartUp.INSTANT);
    }
  }
}
