package io.kiss.kisim.scenario;

import io.kiss.kisim.engine.Engine;
import io.kiss.kisim.fluid.FluidEngine;
import io.kiss.kisim.request.RequestLevelEngine;
import java.util.function.Supplier;

/** The engines by the names the command line has for them. */
public enum EngineChoice {
  /** Every request exact. */
  REQUEST("request", "request-level", 3e9, RequestLevelEngine::new),

  /** Expectations over requests, at a cost that does not depend on their number. */
  FLUID("fluid", "fluid", 1e15, FluidEngine::new);

  private final String spelled;
  private final String described;
  private final double mostRequests;
  private final Supplier<Engine> maker;

  EngineChoice(String spelled, String described, double mostRequests, Supplier<Engine> maker) {
    this.spelled = spelled;
    this.described = described;
    this.mostRequests = mostRequests;
    this.maker = maker;
  }

  /** A new engine of this kind. */
  public Engine create() {
    return maker.get();
  }

  /** What kind of engine it is, for sentences. */
  public String description() {
    return described;
  }

  /** Requests beyond which a run takes too long (about ten minutes), or figures lose digits. */
  public double mostRequests() {
    return mostRequests;
  }

  /** Its name as the command line has it. */
  @Override
  public String toString() {
    return spelled;
  }
}
