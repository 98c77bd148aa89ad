package io.kiss.kisim.autoscale.shadow;

import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.KiScaler;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.autoscale.opponents.PacedAutoscaler;
import io.kiss.kisim.telemetry.Telemetry;
import java.util.Optional;

/** Decides on one Deployment without acting. */
interface Shadow {

  /** Replicas it would set. */
  int decide(Telemetry telemetry);

  /** Goes by this from now on, and remembers what it can. */
  void follow(WorkloadSpec workload, GuardSettings guards);

  /** A policy, on the decision path of live scalers: encoder, network, guardrails. */
  final class OfPolicy implements Shadow {
    private final PolicyNetwork network;
    private KiScaler scaler;

    /**
     * Makes one.
     *
     * @param memory of the scaler that acts, so that nobody starts with less past than it; empty:
     *     it has none
     */
    OfPolicy(PolicyNetwork network, WorkloadSpec workload, GuardSettings guards, byte[] memory) {
      this.network = network;
      scaler = scaler(workload, guards, memory);
    }

    private KiScaler scaler(WorkloadSpec workload, GuardSettings guards, byte[] memory) {
      KiScaler made = new KiScaler(workload, guards, Optional.empty());
      if (memory.length > 0) {
        try {
          made.restoreState(memory);
        } catch (IllegalArgumentException e) {
          made = new KiScaler(workload, guards, Optional.empty());
        }
      }
      // How long an observation has been outside a policy's range is that policy's memory.
      made.use(network);
      return made;
    }

    @Override
    public int decide(Telemetry telemetry) {
      return scaler.decide(telemetry);
    }

    @Override
    public void follow(WorkloadSpec workload, GuardSettings guards) {
      scaler = scaler(workload, guards, scaler.saveState());
    }
  }

  /**
   * A classical autoscaler by its own rules, inside the workload's limits. It starts without
   * memory, and so it does where the workload is known otherwise than before.
   */
  final class Classical implements Shadow {
    private final AutoscalerChoice choice;
    private WorkloadSpec workload;
    private PacedAutoscaler autoscaler;

    Classical(AutoscalerChoice choice, WorkloadSpec workload) {
      this.choice = choice;
      follow(workload, GuardSettings.DEFAULT);
    }

    @Override
    public int decide(Telemetry telemetry) {
      return workload.clamp(autoscaler.decide(telemetry));
    }

    @Override
    public void follow(WorkloadSpec newWorkload, GuardSettings guards) {
      if (!newWorkload.equals(workload)) {
        workload = newWorkload;
        autoscaler = new PacedAutoscaler(choice, newWorkload);
      }
    }
  }
}
