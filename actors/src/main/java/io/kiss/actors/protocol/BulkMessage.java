package io.kiss.actors.protocol;

/** Much data on the wire and never persisted: Kryo with registered classes only. */
public interface BulkMessage {}
