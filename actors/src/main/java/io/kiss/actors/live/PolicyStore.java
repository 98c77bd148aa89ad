package io.kiss.actors.live;

import akka.Done;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Keeps policies' weights by their SHA-256; what is stored never changes. */
public interface PolicyStore {

  /** Keeps a policy; storing the same one again does nothing. */
  CompletionStage<Done> put(String sha256, byte[] policy);

  /** The bytes of a policy; empty where there is none of that hash. */
  CompletionStage<Optional<byte[]>> get(String sha256);
}
