/** PPO on Deep Java Library: the learner actor, the update and its checkpoints. */
package io.kiss.learner;
