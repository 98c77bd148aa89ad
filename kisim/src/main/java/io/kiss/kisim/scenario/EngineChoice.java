package io.kiss.kisim.scenario;

import io.kiss.kisim.engine.Engine;
import io.kiss.kisim.fluid.FluidEngine;

/** The engines by the names the command line has for them. */
public enum EngineChoice {
  /** Expectations over requests, at a cost that does not depend on their number. */
  FLUID("fluid") {
    @Override
    public Engine create() {
      return new FluidEngine();
    }
  };

  private final String spelled;

  EngineChoice(String spelled) {
    this.spelled = spelled;
  }

  /** A new engine of this kind. */
  public abstract Engine create();

  @Override
  public String toString() {
    return spelled;
  }
}
