package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.Telemetry;

/**
 * What a causal forecaster can do: {@link Queueing} for the highest rate that damped {@link
 * HoltWinters} smoothing of the rates so far expects between now and when a pod asked for at the
 * next tick would be ready; never for less than the present rate.
 */
public final class Forecast implements Autoscaler {
  private final ForecastParameters parameters;
  private final Queueing queueing;
  private final HoltWinters smoothing;
  private final int horizon;

  /** Starts without memory. */
  public Forecast(WorkloadSpec workload, ForecastParameters parameters) {
    this.parameters = parameters;
    double step = parameters.stepSeconds();
    queueing = new Queueing(workload, parameters.queueing());
    smoothing =
        new HoltWinters(
            parameters.levelShare(),
            parameters.trendShare(),
            parameters.seasonShare(),
            parameters.damping(),
            (int) Math.round(parameters.seasonSeconds() / step));
    horizon = (int) Math.ceil((workload.startupSeconds() + step) / step - 1e-9);
  }

  @Override
  public String name() {
    return "forecast";
  }

  @Override
  public double tickSeconds() {
    return parameters.stepSeconds();
  }

  @Override
  public int decide(Telemetry telemetry) {
    double rate = telemetry.arrivalRate();
    smoothing.add(rate);
    double highest = rate;
    for (int h = 1; h <= horizon; h++) {
      double ahead = smoothing.ahead(h);
      // Never true of NaN: a missing rate stays one.
      highest = ahead > highest ? ahead : highest;
    }
    return queueing.decide(telemetry, highest);
  }
}
