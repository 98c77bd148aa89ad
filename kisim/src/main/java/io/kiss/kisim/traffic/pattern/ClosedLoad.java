package io.kiss.kisim.traffic.pattern;

import io.kiss.kisim.time.Delay;
import io.kiss.kisim.time.DelaySampler;
import io.kiss.kisim.time.EventHeap;
import io.kiss.kisim.time.Nanos;
import java.util.Arrays;
import org.HdrHistogram.Histogram;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Users who each think, send a request, wait for its answer, and think again.
 *
 * <p>A request goes through the client and the network before it reaches the Service, and its
 * answer comes back the same way; the latency a user sees includes both ways. New users begin by
 * thinking; while the population falls, users leave when they have finished thinking.
 */
public final class ClosedLoad implements Load {
  private static final int POPULATION_SLOT = 0;
  private static final int CLIENT_SLOT = 1;
  private static final int FIRST_USER_SLOT = 2;
  private static final long LONGEST_NANOS = 86_400L * Nanos.PER_SECOND;
  private static final long POPULATION_STEP_NANOS = Nanos.PER_SECOND;

  private enum Stage {
    AWAY,
    THINKING,
    /** Waits for the client to send its request, or to do its other task. */
    TO_SEND,
    TO_DO_OTHER,
    ON_THE_WAY,
    IN_SERVICE,
    ON_THE_WAY_BACK,
    /** Waits for the client to take the answer. */
    TO_RECEIVE
  }

  private final LoadPattern population;
  private final DelaySampler think;
  private final DelaySampler outward;
  private final DelaySampler homeward;
  private final ClientSettings client;
  private final ClientLoop loop;
  private final DelaySampler clientFactor;
  private final UniformRandomProvider random;
  private final EventHeap events = new EventHeap(256);
  private final Histogram latencies = new Histogram(1_000, LONGEST_NANOS, 3);
  private Stage[] stages = new Stage[0];
  private long[] sentNanos = new long[0];
  private int users;
  private int wanted;
  private int inLoop = NOTHING;
  private long answers;
  private long otherTasks;

  /**
   * Users whose number changes over time.
   *
   * @param population users over time, read once a second
   * @param think time between an answer and the next task
   * @param network time to the Service and back, each way half of it
   * @param client the machine the users live on
   */
  public ClosedLoad(
      LoadPattern population,
      Delay think,
      Delay network,
      ClientSettings client,
      UniformRandomProvider random) {
    this.population = population;
    this.random = random;
    this.client = client;
    loop = new ClientLoop(random);
    clientFactor =
        client.cv() == 0 ? null : new DelaySampler(Delay.lognormal(1, client.cv()), random);
    double high = network.kind() == Delay.Kind.LOGNORMAL ? network.high() : network.high() / 2;
    Delay half = new Delay(network.kind(), network.low() / 2, high);
    this.think = new DelaySampler(think, random);
    outward = new DelaySampler(half, random);
    homeward = new DelaySampler(half, random);
    events.schedule(POPULATION_SLOT, 0);
  }

  /** {@code users} users at all times, on a client without limit. */
  public static ClosedLoad of(int users, Delay think, Delay network, UniformRandomProvider random) {
    return new ClosedLoad(
        LoadPatterns.constant(users), think, network, ClientSettings.UNLIMITED, random);
  }

  @Override
  public long nextNanos() {
    return events.nextTime();
  }

  @Override
  public boolean closed() {
    return true;
  }

  @Override
  public int take() {
    int slot = events.nextSlot();
    long now = events.nextTime();
    if (slot == POPULATION_SLOT) {
      populate(now);
      return NOTHING;
    }
    if (slot == CLIENT_SLOT) {
      clientDone(now);
      return NOTHING;
    }
    int user = slot - FIRST_USER_SLOT;
    switch (stages[user]) {
      case THINKING -> thought(user, now);
      case ON_THE_WAY_BACK -> toClient(user, Stage.TO_RECEIVE, now);
      default -> {
        stages[user] = Stage.IN_SERVICE;
        events.schedule(slot, EventHeap.NEVER);
        return user;
      }
    }
    return NOTHING;
  }

  @Override
  public void answered(int tag, long nowNanos, boolean served) {
    if (served) {
      stages[tag] = Stage.ON_THE_WAY_BACK;
      events.schedule(tag + FIRST_USER_SLOT, nowNanos + homeward.nanos());
    } else {
      think(tag, nowNanos);
    }
  }

  /** Answers users have received. */
  public long answers() {
    return answers;
  }

  /** Tasks done that were no request to the Service. */
  public long otherTasks() {
    return otherTasks;
  }

  /** Users there now. */
  public int users() {
    return users;
  }

  /** Moves the latencies users saw since the last call into {@code into}, nanoseconds. */
  public void drainLatencies(Histogram into) {
    into.add(latencies);
    latencies.reset();
  }

  private void populate(long now) {
    wanted = (int) Math.round(population.at(Nanos.toSeconds(now)));
    for (int user = 0; users < wanted; user++) {
      if (user == stages.length) {
        grow();
      }
      if (stages[user] == Stage.AWAY) {
        users++;
        think(user, now);
      }
    }
    events.schedule(POPULATION_SLOT, now + POPULATION_STEP_NANOS);
  }

  private void grow() {
    int old = stages.length;
    int length = Math.max(16, 2 * old);
    stages = Arrays.copyOf(stages, length);
    Arrays.fill(stages, old, length, Stage.AWAY);
    sentNanos = Arrays.copyOf(sentNanos, length);
    events.ensureSlots(length + FIRST_USER_SLOT);
  }

  private void think(int user, long now) {
    stages[user] = Stage.THINKING;
    events.schedule(user + FIRST_USER_SLOT, now + think.nanos());
  }

  /** A user has finished thinking: leaves, sends a request, or does something else. */
  private void thought(int user, long now) {
    if (users > wanted) {
      users--;
      stages[user] = Stage.AWAY;
      events.schedule(user + FIRST_USER_SLOT, EventHeap.NEVER);
      return;
    }
    boolean request = client.requestShare() == 1 || random.nextDouble() < client.requestShare();
    toClient(user, request ? Stage.TO_SEND : Stage.TO_DO_OTHER, now);
  }

  private void toClient(int user, Stage stage, long now) {
    stages[user] = stage;
    events.schedule(user + FIRST_USER_SLOT, EventHeap.NEVER);
    if (client.unlimited()) {
      handled(user, now);
      return;
    }
    loop.add(user);
    if (inLoop == NOTHING) {
      clientNext(now);
    }
  }

  private void clientNext(long now) {
    inLoop = loop.next();
    double seconds =
        switch (stages[inLoop]) {
          case TO_SEND -> client.sendSeconds();
          case TO_RECEIVE -> client.receiveSeconds();
          default -> client.otherSeconds();
        };
    double factor = clientFactor == null ? 1 : clientFactor.seconds();
    events.schedule(CLIENT_SLOT, now + Nanos.of(seconds * factor));
  }

  private void clientDone(long now) {
    int user = inLoop;
    inLoop = NOTHING;
    events.schedule(CLIENT_SLOT, EventHeap.NEVER);
    handled(user, now);
    if (inLoop == NOTHING && !loop.isEmpty()) {
      clientNext(now);
    }
  }

  /** The client has done what the user waited for. */
  private void handled(int user, long now) {
    switch (stages[user]) {
      case TO_SEND -> {
        sentNanos[user] = now;
        stages[user] = Stage.ON_THE_WAY;
        events.schedule(user + FIRST_USER_SLOT, now + outward.nanos());
      }
      case TO_RECEIVE -> {
        latencies.recordValue(Math.min(now - sentNanos[user], LONGEST_NANOS));
        answers++;
        think(user, now);
      }
      default -> {
        otherTasks++;
        think(user, now);
      }
    }
  }
}
