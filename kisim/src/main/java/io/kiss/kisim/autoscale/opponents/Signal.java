package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.Telemetry;

/** A metric that autoscalers follow, as {@link Telemetry} has it. */
public enum Signal {
  /** Arrival rate over what one replica sustains: the replicas the arriving load keeps busy. */
  LOAD {
    @Override
    double total(Telemetry telemetry, WorkloadSpec workload) {
      return telemetry.arrivalRate() / workload.replicaCapacity();
    }
  },
  /** Requests arriving per second. */
  RPS {
    @Override
    double total(Telemetry telemetry, WorkloadSpec workload) {
      return telemetry.arrivalRate();
    }
  },
  /** Requests served or waiting. */
  CONCURRENCY {
    @Override
    double total(Telemetry telemetry, WorkloadSpec workload) {
      return telemetry.runningRequests() + telemetry.queuedRequests();
    }
  },
  /** Requests waiting. */
  QUEUE {
    @Override
    double total(Telemetry telemetry, WorkloadSpec workload) {
      return telemetry.queuedRequests();
    }
  },
  /** GPU utilisation as DCGM reports it: one stream can show 100 %. */
  GPU {
    @Override
    double total(Telemetry telemetry, WorkloadSpec workload) {
      return telemetry.gpuUtilisation() * telemetry.readyReplicas();
    }
  },
  /** 95th percentile of latency over the SLO; one value for the service, not a sum over pods. */
  LATENCY {
    @Override
    double total(Telemetry telemetry, WorkloadSpec workload) {
      return telemetry.p95LatencySeconds() / workload.sloSeconds();
    }
  },
  /** Share of the KV cache in use: always missing while no service here is a language model. */
  KV {
    @Override
    double total(Telemetry telemetry, WorkloadSpec workload) {
      return Double.NaN;
    }
  };

  /** The signal summed over the pods that report it; {@code NaN} where it is missing. */
  abstract double total(Telemetry telemetry, WorkloadSpec workload);
}
