package io.kiss.kisim.scenario;

import io.kiss.kisim.time.Delay;
import io.kiss.kisim.traffic.ArrivalTrace;
import io.kiss.kisim.traffic.ClosedTraffic;
import io.kiss.kisim.traffic.PatternTraffic;
import io.kiss.kisim.traffic.ReplayTraffic;
import io.kiss.kisim.traffic.Traffic;
import io.kiss.kisim.traffic.pattern.ClientSettings;
import io.kiss.kisim.traffic.pattern.LoadPattern;
import io.kiss.kisim.traffic.pattern.LoadPatterns;
import io.kiss.kisim.traffic.pattern.MarkovModulatedRate;
import io.kiss.kisim.traffic.pattern.PaperPatterns;
import io.kiss.kisim.traffic.pattern.PatternRate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/** Reads {@code traffic { … }}. */
final class TrafficSection {
  private static final double PATTERN_STEP_SECONDS = 1;
  private static final int MOST_USERS = 1_000_000;
  private static final int MOST_RAMP_STEPS = 1_000_000;
  private static final long STATE_STREAM = 2_000;

  /** Where the requests come from. */
  enum Kind {
    OPEN,
    CLOSED,
    MARKOV,
    TRACE
  }

  /** Shape of a load over time. */
  enum Shape {
    CONSTANT,
    RAMP,
    SPIKE,
    PERIODIC,
    RANDOM,
    DIURNAL,
    FLASH_CROWD,
    PAPER,
    SUM
  }

  private final Path folder;
  private final double durationSeconds;

  TrafficSection(Path folder, double durationSeconds) {
    this.folder = folder;
    this.durationSeconds = durationSeconds;
  }

  Traffic read(Section at) {
    Traffic traffic =
        switch (at.choice("kind", Kind.class, Kind.OPEN)) {
          case OPEN -> open(at);
          case CLOSED -> closed(at);
          case MARKOV -> markov(at);
          case TRACE -> trace(at);
        };
    at.done();
    // Built once now, so that what cannot be is refused with its place in the file.
    return at.build(
        () -> {
          traffic.load(0);
          return traffic;
        });
  }

  private Traffic open(Section at) {
    double cv = at.number("cv", 1);
    LongFunction<LoadPattern> pattern = pattern(at.section("pattern"));
    return new PatternTraffic(
        seed -> new PatternRate(pattern.apply(seed), PATTERN_STEP_SECONDS, durationSeconds),
        wholeSeconds(),
        cv);
  }

  private Traffic markov(Section at) {
    double cv = at.number("cv", 1);
    double[] rates = at.numbers("rates");
    double[] means = at.numbers("mean-seconds");
    return new PatternTraffic(
        seed -> new MarkovModulatedRate(rates, means, stateRandom(seed)), wholeSeconds(), cv);
  }

  private Traffic closed(Section at) {
    LongFunction<LoadPattern> users = pattern(at.section("users"));
    Delay think = at.delay("think", Delay.NONE);
    Delay network = at.delay("network", Delay.NONE);
    ClientSettings client = at.section("client", ClientSettings.UNLIMITED, TrafficSection::client);
    requireFewUsers(at, users.apply(0));
    return new ClosedTraffic(users, wholeSeconds(), think, network, client);
  }

  private void requireFewUsers(Section at, LoadPattern users) {
    double most = 0;
    for (int second = 0; second < wholeSeconds(); second++) {
      most = Math.max(most, users.at(second));
    }
    if (most > MOST_USERS) {
      throw at.refused(
          "users",
          String.format(Locale.ROOT, "must be at most %,d at a time, not %.4g", MOST_USERS, most));
    }
  }

  private Traffic trace(Section at) {
    String file = at.text("file");
    double scale = at.number("scale", 1);
    boolean interpolate = at.flag("interpolate", true);
    if (Files.isDirectory(folder.resolve(file))) {
      throw at.refused("file", "names " + folder.resolve(file) + ", which is a folder");
    }
    try {
      return new ReplayTraffic(ArrivalTrace.read(folder.resolve(file)), scale, interpolate);
    } catch (NoSuchFileException e) {
      throw at.refused("file", "names " + e.getFile() + ", and there is no such file");
    } catch (IOException e) {
      throw at.refused("file", "cannot be read: " + e.getMessage());
    }
  }

  private static ClientSettings client(Section at) {
    double share = at.number("request-share", 1);
    double send = at.seconds("send", 0);
    double receive = at.seconds("receive", 0);
    double other = at.seconds("other", 0);
    double cv = at.number("cv", 0);
    at.done();
    return at.build(() -> new ClientSettings(share, send, receive, other, cv));
  }

  private LongFunction<LoadPattern> pattern(Section at) {
    Shape shape = at.choice("kind", Shape.class, Shape.CONSTANT);
    double scale = at.number("scale", 1);
    if (scale < 0) {
      throw at.refused("scale", "must not be negative");
    }
    LongFunction<LoadPattern> pattern = shape == Shape.SUM ? sum(at) : single(at, shape);
    at.done();
    at.build(() -> pattern.apply(0));
    return seed -> pattern.apply(seed).times(scale);
  }

  private LongFunction<LoadPattern> sum(Section at) {
    List<LongFunction<LoadPattern>> parts =
        at.section("parts").names().stream()
            .map(name -> pattern(at.section("parts").section(name)))
            .toList();
    if (parts.isEmpty()) {
      throw at.refused("parts", "must have a pattern at least");
    }
    return seed ->
        parts.stream().map(part -> part.apply(seed)).reduce(LoadPattern::plus).orElseThrow();
  }

  private LongFunction<LoadPattern> single(Section at, Shape shape) {
    return switch (shape) {
      case CONSTANT -> {
        double level = at.number("level");
        yield seed -> LoadPatterns.constant(level);
      }
      case RAMP -> ramp(at);
      case SPIKE -> spike(at);
      case DIURNAL -> diurnal(at);
      case FLASH_CROWD -> flashCrowd(at);
      case PERIODIC -> {
        double low = at.number("low");
        double high = at.number("high");
        double period = at.seconds("period");
        yield seed -> LoadPatterns.periodic(low, high, period);
      }
      case RANDOM -> {
        double low = at.number("low");
        double high = at.number("high");
        double every = at.seconds("every");
        yield seed -> LoadPatterns.random(low, high, every, seed);
      }
      case PAPER -> {
        String name = at.text("name");
        double episode = at.seconds("episode", PaperPatterns.EPISODE_SECONDS);
        yield seed -> PaperPatterns.named(name, episode, seed);
      }
      case SUM -> throw new IllegalArgumentException("a sum is no single pattern");
    };
  }

  private LongFunction<LoadPattern> ramp(Section at) {
    double from = at.number("from");
    double to = at.number("to");
    double over = at.seconds("over", durationSeconds);
    int steps = at.integerUpTo(MOST_RAMP_STEPS, "steps", 100);
    return seed -> LoadPatterns.ramp(from, to, over, steps);
  }

  private static LongFunction<LoadPattern> spike(Section at) {
    double low = at.number("low");
    double high = at.number("high");
    double start = at.seconds("start");
    double end = at.seconds("end");
    return seed -> LoadPatterns.spike(low, high, start, end);
  }

  private static LongFunction<LoadPattern> diurnal(Section at) {
    double low = at.number("low");
    double high = at.number("high");
    double peak = at.seconds("peak-at");
    double period = at.seconds("period", 86_400);
    return seed -> LoadPatterns.diurnal(low, high, peak, period);
  }

  private static LongFunction<LoadPattern> flashCrowd(Section at) {
    double base = at.number("base");
    double peak = at.number("peak");
    double start = at.seconds("at");
    double rise = at.seconds("rise");
    double decay = at.seconds("decay");
    return seed -> LoadPatterns.flashCrowd(base, peak, start, rise, decay);
  }

  private int wholeSeconds() {
    return (int) Math.max(1, Math.ceil(durationSeconds));
  }

  private static UniformRandomProvider stateRandom(long seed) {
    return RandomSource.XO_RO_SHI_RO_128_PP.create(seed * 0x9E3779B97F4A7C15L + STATE_STREAM);
  }
}
