package io.kiss.actors.protocol;

/** A small message, or something persisted: Jackson CBOR, which tolerates the version before. */
public interface ControlMessage {}
