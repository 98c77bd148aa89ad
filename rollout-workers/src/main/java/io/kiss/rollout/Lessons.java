package io.kiss.rollout;

/**
 * How a teacher chooses in some states that a policy decides in. The arrays may be longer than the
 * rows need.
 *
 * @param observations raw {@code [rows × features]}
 * @param masks above 0 where an action is allowed {@code [rows × actions]}
 * @param probabilities of the teacher's actions, 0 where masked {@code [rows × actions]}
 */
public record Lessons(float[] observations, float[] masks, float[] probabilities, int rows) {}
