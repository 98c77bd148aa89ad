package io.kiss.actors.protocol;

/** Names a registered policy and pins its bytes. */
public record PolicyRef(String id, String sha256) implements ControlMessage {}
