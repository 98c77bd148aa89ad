/**
 * The Kubernetes around the pods: node pools, the scheduler, the stages of a pod's life, and what
 * goes wrong. Both engines run on it, so that a pod lives and dies alike in either.
 */
package io.kiss.kisim.cluster;
