package io.kiss.actors.protocol;

/** What the learner tells a rollout worker. */
public final class WorkerProtocol {
  private WorkerProtocol() {}

  /** What a rollout worker understands from outside. */
  public interface Command {}

  /**
   * Collect with these weights from the next segment on; no reply. An older iteration than the one
   * in use is ignored.
   *
   * @param policy a {@code PolicySnapshot}'s bytes
   */
  public record UseIteration(Iteration iteration, byte[] policy) implements Command, BulkMessage {}

  /** Collect nothing until the next {@link UseIteration}; no reply. */
  public record Rest(Iteration since) implements Command, ControlMessage {}
}
