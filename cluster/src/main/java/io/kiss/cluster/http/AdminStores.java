package io.kiss.cluster.http;

import io.kiss.actors.live.PolicyStore;
import io.kiss.cluster.journal.JdbcAuditLog;
import io.kiss.cluster.journal.JdbcDecisionJournal;
import io.kiss.cluster.live.Catalog;

/** What the admin API reads and writes of a node's database. */
public record AdminStores(
    JdbcDecisionJournal decisions, PolicyStore policies, JdbcAuditLog audit, Catalog catalog) {}
