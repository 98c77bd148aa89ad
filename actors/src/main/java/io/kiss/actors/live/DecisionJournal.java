package io.kiss.actors.live;

import akka.Done;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Keeps decision records. */
public interface DecisionJournal {

  /** Keeps a batch; completes when it is durable. */
  CompletionStage<Done> append(List<DecisionRecord> records);

  /** The newest decision about each of these Deployments, where one is kept. */
  CompletionStage<List<DecisionRecord>> newest(NamespaceRef namespace, Set<String> deployments);
}
