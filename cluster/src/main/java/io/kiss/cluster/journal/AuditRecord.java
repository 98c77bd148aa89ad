package io.kiss.cluster.journal;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;

/**
 * A change that somebody made over the admin API.
 *
 * @param id given by the database; grows
 * @param who name of the token
 * @param before what it changed, as the API showed it; empty: nothing, or too long to keep
 * @param after the same afterwards
 */
public record AuditRecord(
    long id,
    Instant time,
    String who,
    String role,
    String requestId,
    String method,
    String path,
    int status,
    Optional<JsonNode> before,
    Optional<JsonNode> after) {}
