/** What people start a cluster from: image, compose files and Kubernetes manifests. */
package io.kiss.cluster.deploy;
