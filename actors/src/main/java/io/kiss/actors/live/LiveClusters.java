package io.kiss.actors.live;

import java.util.Optional;

/** The clusters this node can reach, by name. */
public interface LiveClusters {

  /** The cluster of that name; empty where this node does not know it. */
  Optional<LiveCluster> find(String cluster);
}
