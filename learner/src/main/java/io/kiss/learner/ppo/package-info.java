/** Proximal policy optimisation on Deep Java Library: the loss, the update and its checkpoint. */
package io.kiss.learner.ppo;
