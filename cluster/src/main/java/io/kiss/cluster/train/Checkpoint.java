package io.kiss.cluster.train;

import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.kisim.file.SealedFormat;
import io.kiss.kisim.file.UnusableFileException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a run is taken up from.
 *
 * @param order what was asked for
 * @param settings of training, for people: whoever goes on under others is told
 */
public record Checkpoint(
    TrainingOrder order, String settings, RunState state, LearningCurve curve) {

  private static final SealedFormat FORMAT = new SealedFormat("KIS-S training run", "KISSTRUN", 1);

  /** Whether the run has used up its budget. */
  public boolean isDone() {
    return state.seconds() >= order.budget().seconds()
        || state.environmentSteps() >= order.budget().environmentSteps();
  }

  /** The checkpoint as the bytes of a file. */
  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      order.write(out);
      out.writeUTF(settings);
      writeState(out);
      out.writeInt(curve.iterationsAPoint());
      out.writeInt(curve.points().size());
      for (LearningCurve.Point point : curve.points()) {
        out.writeLong(point.environmentSteps());
        out.writeInt(point.episodes().count());
        out.writeDouble(point.episodes().returns());
        out.writeDouble(point.episodes().sloAttainment());
        out.writeDouble(point.episodes().gpuHours());
        out.writeInt(point.rollbacks());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return FORMAT.seal(bytes.toByteArray());
  }

  private void writeState(DataOutputStream out) throws IOException {
    out.writeLong(state.plan().seed());
    out.writeInt(state.plan().workers());
    out.writeInt(state.plan().environments());
    out.writeInt(state.plan().stepsPerSegment());
    out.writeLong(state.iteration());
    out.writeLong(state.environmentSteps());
    out.writeDouble(state.seconds());
    out.writeLong(state.rollbacks());
    out.writeLong(state.episodesSince());
    out.writeInt(state.training().length);
    out.write(state.training());
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws UnusableFileException where these bytes are torn, damaged, or something else
   */
  static Checkpoint fromBytes(byte[] bytes) {
    byte[] body = FORMAT.open("it", bytes);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
      TrainingOrder order = TrainingOrder.read(in);
      String settings = in.readUTF();
      RunState state = readState(in);
      int iterationsAPoint = in.readInt();
      List<LearningCurve.Point> points = new ArrayList<>();
      for (int left = count(in); left > 0; left--) {
        points.add(
            new LearningCurve.Point(
                in.readLong(),
                new EpisodeSummary(in.readInt(), in.readDouble(), in.readDouble(), in.readDouble()),
                in.readInt()));
      }
      return new Checkpoint(order, settings, state, new LearningCurve(iterationsAPoint, points));
    } catch (IOException e) {
      throw new UnusableFileException("it ends too early", e);
    }
  }

  private static RunState readState(DataInputStream in) throws IOException {
    TrainingPlan plan = new TrainingPlan(in.readLong(), in.readInt(), in.readInt(), in.readInt());
    return new RunState(
        plan,
        in.readLong(),
        in.readLong(),
        in.readDouble(),
        in.readLong(),
        in.readLong(),
        in.readNBytes(count(in)));
  }

  /** Of things that take at least a byte each, so that a wrong number does not fill the memory. */
  static int count(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > in.available()) {
      throw new IOException("a list of " + count);
    }
    return count;
  }
}
