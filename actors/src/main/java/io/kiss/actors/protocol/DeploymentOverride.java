package io.kiss.actors.protocol;

import java.util.Optional;

/**
 * What holds for one Deployment in place of what its namespace is attached with.
 *
 * @param mode empty: the namespace's
 */
public record DeploymentOverride(
    String deployment, Optional<Attachment.Mode> mode, WorkloadSettings settings)
    implements ControlMessage {

  public DeploymentOverride {
    mode = mode == null ? Optional.empty() : mode;
    settings = settings == null ? WorkloadSettings.NONE : settings;
  }

  /** Whether it says nothing. */
  public boolean isEmpty() {
    return mode.isEmpty() && settings.equals(WorkloadSettings.NONE);
  }
}
