package io.kiss.actors.serialization;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.LearnerProtocol.Candidate;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.actors.protocol.UpdateStatistics;
import io.kiss.actors.protocol.WorkerProtocol.UseIteration;

/** The formats of the bulk messages and of what they hold. */
final class BulkFormats {
  private BulkFormats() {}

  /** A Kryo that knows these classes by these numbers, and refuses every other. */
  static Kryo newKryo() {
    Kryo kryo = new Kryo();
    kryo.setRegistrationRequired(true);
    kryo.setReferences(false);
    kryo.register(TrajectorySegment.class, new Segment(), 20);
    kryo.register(UseIteration.class, new Use(), 21);
    kryo.register(Candidate.class, new Candidates(), 22);
    kryo.register(EpisodeSummary.class, new Episodes(), 23);
    kryo.register(Iteration.class, new Iterations(), 30);
    kryo.register(TrainingProgress.class, new Progress(), 31);
    kryo.register(TrainingBudget.class, new Budget(), 32);
    kryo.register(UpdateStatistics.class, new Statistics(), 33);
    return kryo;
  }

  private static final class Segment extends BulkFormat<TrajectorySegment> {
    @Override
    int estimateBytes(TrajectorySegment segment) {
      int rows = segment.actions().length;
      int floats =
          segment.observations().length
              + segment.terminalObservations().length
              + segment.lastObservations().length
              + 3 * rows;
      return 512 + Float.BYTES * floats + 2 * rows;
    }

    @Override
    void write(Kryo kryo, BulkOutput out, TrajectorySegment segment) {
      out.writeInt(segment.worker());
      out.writeLong(segment.incarnation());
      out.writeLong(segment.sequence());
      kryo.writeObject(out, segment.iteration());
      out.writeInt(segment.steps());
      out.writeInt(segment.environments());
      out.writeFloatArray(segment.observations());
      out.writeIntArray(segment.masks());
      out.writeByteArray(segment.actions());
      out.writeFloatArray(segment.logProbabilities());
      out.writeFloatArray(segment.rewards());
      out.writeByteArray(segment.flags());
      out.writeFloatArray(segment.terminalObservations());
      out.writeFloatArray(segment.lastObservations());
      kryo.writeObject(out, segment.episodes());
    }

    @Override
    TrajectorySegment read(Kryo kryo, BulkInput in) {
      return new TrajectorySegment(
          in.readInt(),
          in.readLong(),
          in.readLong(),
          kryo.readObject(in, Iteration.class),
          in.readInt(),
          in.readInt(),
          in.readFloatArray(),
          in.readIntArray(),
          in.readByteArray(),
          in.readFloatArray(),
          in.readFloatArray(),
          in.readByteArray(),
          in.readFloatArray(),
          in.readFloatArray(),
          kryo.readObject(in, EpisodeSummary.class));
    }
  }

  private static final class Use extends BulkFormat<UseIteration> {
    @Override
    int estimateBytes(UseIteration use) {
      return 256 + use.policy().length;
    }

    @Override
    void write(Kryo kryo, BulkOutput out, UseIteration use) {
      kryo.writeObject(out, use.iteration());
      out.writeByteArray(use.policy());
    }

    @Override
    UseIteration read(Kryo kryo, BulkInput in) {
      return new UseIteration(kryo.readObject(in, Iteration.class), in.readByteArray());
    }
  }

  private static final class Candidates extends BulkFormat<Candidate> {
    @Override
    int estimateBytes(Candidate candidate) {
      return 512 + candidate.policy().length;
    }

    @Override
    void write(Kryo kryo, BulkOutput out, Candidate candidate) {
      kryo.writeObject(out, candidate.iteration());
      out.writeByteArray(candidate.policy());
      kryo.writeObject(out, candidate.progress());
    }

    @Override
    Candidate read(Kryo kryo, BulkInput in) {
      return new Candidate(
          kryo.readObject(in, Iteration.class),
          in.readByteArray(),
          kryo.readObject(in, TrainingProgress.class));
    }
  }

  private static final class Episodes extends BulkFormat<EpisodeSummary> {
    @Override
    void write(Kryo kryo, BulkOutput out, EpisodeSummary episodes) {
      out.writeInt(episodes.count());
      out.writeDouble(episodes.returns());
      out.writeDouble(episodes.sloAttainment());
      out.writeDouble(episodes.gpuHours());
    }

    @Override
    EpisodeSummary read(Kryo kryo, BulkInput in) {
      return new EpisodeSummary(in.readInt(), in.readDouble(), in.readDouble(), in.readDouble());
    }
  }

  private static final class Iterations extends BulkFormat<Iteration> {
    @Override
    void write(Kryo kryo, BulkOutput out, Iteration iteration) {
      out.writeText(iteration.run());
      out.writeLong(iteration.epoch());
      out.writeLong(iteration.number());
    }

    @Override
    Iteration read(Kryo kryo, BulkInput in) {
      return new Iteration(in.readText(), in.readLong(), in.readLong());
    }
  }

  private static final class Progress extends BulkFormat<TrainingProgress> {
    @Override
    void write(Kryo kryo, BulkOutput out, TrainingProgress progress) {
      out.writeText(progress.run());
      out.writeText(progress.state().name());
      out.writeLong(progress.epoch());
      out.writeLong(progress.iteration());
      out.writeInt(progress.workers());
      out.writeLong(progress.environmentSteps());
      out.writeDouble(progress.stepsPerSecond());
      out.writeDouble(progress.seconds());
      kryo.writeObject(out, progress.budget());
      out.writeDouble(progress.episodeReturn());
      out.writeDouble(progress.sloAttainment());
      out.writeDouble(progress.gpuHours());
      kryo.writeObject(out, progress.lastUpdate());
    }

    @Override
    TrainingProgress read(Kryo kryo, BulkInput in) {
      return new TrainingProgress(
          in.readText(),
          state(in.readText()),
          in.readLong(),
          in.readLong(),
          in.readInt(),
          in.readLong(),
          in.readDouble(),
          in.readDouble(),
          kryo.readObject(in, TrainingBudget.class),
          in.readDouble(),
          in.readDouble(),
          in.readDouble(),
          kryo.readObject(in, UpdateStatistics.class));
    }

    private static TrainingProgress.State state(String name) {
      try {
        return TrainingProgress.State.valueOf(name);
      } catch (IllegalArgumentException e) {
        throw new KryoException("no state of training is called '" + name + "'", e);
      }
    }
  }

  private static final class Budget extends BulkFormat<TrainingBudget> {
    @Override
    void write(Kryo kryo, BulkOutput out, TrainingBudget budget) {
      out.writeDouble(budget.seconds());
      out.writeLong(budget.environmentSteps());
    }

    @Override
    TrainingBudget read(Kryo kryo, BulkInput in) {
      return new TrainingBudget(in.readDouble(), in.readLong());
    }
  }

  private static final class Statistics extends BulkFormat<UpdateStatistics> {
    @Override
    void write(Kryo kryo, BulkOutput out, UpdateStatistics statistics) {
      out.writeDouble(statistics.policyLoss());
      out.writeDouble(statistics.valueLoss());
      out.writeDouble(statistics.entropy());
      out.writeDouble(statistics.approximateKl());
      out.writeDouble(statistics.clipFraction());
      out.writeDouble(statistics.explainedVariance());
      out.writeDouble(statistics.gradientNorm());
      out.writeInt(statistics.epochs());
    }

    @Override
    UpdateStatistics read(Kryo kryo, BulkInput in) {
      return new UpdateStatistics(
          in.readDouble(),
          in.readDouble(),
          in.readDouble(),
          in.readDouble(),
          in.readDouble(),
          in.readDouble(),
          in.readDouble(),
          in.readInt());
    }
  }
}
