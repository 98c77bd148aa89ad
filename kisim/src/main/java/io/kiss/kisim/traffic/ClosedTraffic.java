package io.kiss.kisim.traffic;

import io.kiss.kisim.time.Delay;
import io.kiss.kisim.traffic.pattern.ClientSettings;
import io.kiss.kisim.traffic.pattern.ClosedLoad;
import io.kiss.kisim.traffic.pattern.Load;
import io.kiss.kisim.traffic.pattern.LoadPattern;
import java.util.function.LongFunction;

/**
 * Users of a closed loop.
 *
 * @param users makes their number over time from the run's seed
 * @param seconds length of a run
 * @param think between an answer and the next task
 * @param network to the Service and back together
 * @param client the machine they live on
 */
public record ClosedTraffic(
    LongFunction<LoadPattern> users, int seconds, Delay think, Delay network, ClientSettings client)
    implements Traffic {

  @Override
  public Load load(long seed) {
    return new ClosedLoad(users.apply(seed), think, network, client, TrafficRandom.of(seed));
  }

  @Override
  public Demand demand(long seed) {
    LoadPattern pattern = users.apply(seed);
    float[] each = new float[seconds];
    for (int s = 0; s < seconds; s++) {
      each[s] = (float) Math.rint(pattern.at(s));
    }
    return new Demand.Closed(each, seconds, think, network, client);
  }
}
