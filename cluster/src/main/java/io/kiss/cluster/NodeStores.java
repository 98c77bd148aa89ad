package io.kiss.cluster;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import io.kiss.cluster.journal.Database;
import io.kiss.cluster.journal.JdbcAuditLog;
import io.kiss.cluster.journal.JdbcDecisionJournal;
import io.kiss.cluster.journal.JdbcPolicyStore;
import io.kiss.cluster.journal.JdbcTrainingStore;
import java.time.Duration;
import java.util.concurrent.Executor;

/** What a node keeps in its database. */
public record NodeStores(
    JdbcTrainingStore training,
    JdbcPolicyStore policies,
    JdbcDecisionJournal decisions,
    JdbcAuditLog audit) {

  private static final String DISPATCHER = "kiss.jdbc-dispatcher";

  static NodeStores of(ActorSystem<?> system, Database database, Duration decisionRetention) {
    Executor jdbc = dispatcher(system);
    return new NodeStores(
        new JdbcTrainingStore(database, jdbc),
        new JdbcPolicyStore(database, jdbc),
        new JdbcDecisionJournal(database, jdbc, decisionRetention, System::currentTimeMillis),
        new JdbcAuditLog(database, jdbc));
  }

  static Executor dispatcher(ActorSystem<?> system) {
    return system.dispatchers().lookup(DispatcherSelector.fromConfig(DISPATCHER));
  }
}
