/** Workers that run environments under the current policy and send trajectory segments. */
package io.kiss.rollout;
