package io.kiss.cluster.http;

import akka.Done;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import io.kiss.actors.live.PolicyStore;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;
import io.kiss.actors.protocol.RegisteredPolicy.Provenance;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.file.UnusableFileException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Policy files into the registry and out of it. */
final class PolicyFileEndpoints {
  /** The largest network that {@link PolicySnapshot} takes in practice is far smaller. */
  private static final int MAX_FILE_BODY = 16 * 1024 * 1024;

  private final ControllerClient controller;
  private final PolicyStore store;

  PolicyFileEndpoints(ControllerClient controller, PolicyStore store) {
    this.controller = controller;
    this.store = store;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.post("/api/v1/policies", this::add),
        Endpoint.get("/api/v1/policies/{id}/file", this::file));
  }

  /**
   * A policy file.
   *
   * @param id to register it under; left out: its run and the beginning of its SHA-256
   * @param sha256 of the file, to be checked; left out: its own checksum has to do
   * @param file its bytes, base64
   */
  record PolicyImport(Optional<String> id, Optional<String> sha256, byte[] file) {
    PolicyImport {
      id = id == null ? Optional.empty() : id;
      sha256 = sha256 == null ? Optional.empty() : sha256;
    }
  }

  private CompletionStage<HttpResponse> add(Call call) {
    return call.body(PolicyImport.class, MAX_FILE_BODY).thenCompose(this::register);
  }

  private CompletionStage<HttpResponse> register(PolicyImport told) {
    PolicyFile file = read(told);
    byte[] snapshot = file.policy().toBytes();
    String sha256 = PolicySnapshot.sha256(snapshot);
    PolicyFile.Provenance from = file.provenance();
    PolicyRef ref =
        new PolicyRef(told.id().orElse(from.run() + "-" + sha256.substring(0, 8)), sha256);
    if (!ref.id().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
      throw ApiProblem.badRequest(
          "'%s' cannot be an id: use letters, digits, dots, dashes and underlines"
              .formatted(ref.id()));
    }
    RegisteredPolicy policy =
        new RegisteredPolicy(
            ref,
            System.currentTimeMillis(),
            new Provenance(
                from.run(),
                from.iterations(),
                from.environmentSteps(),
                from.seconds(),
                from.engine(),
                from.seed(),
                from.commit()),
            List.of());
    return store
        .put(sha256, snapshot)
        .thenCompose(
            kept ->
                controller.<Done>order(
                    reply -> new ControllerProtocol.RegisterPolicy(policy, reply)))
        .thenApply(
            done ->
                Json.response(StatusCodes.CREATED, ref)
                    .addHeader(RawHeader.create("Location", "/api/v1/policies/" + ref.id())));
  }

  private static PolicyFile read(PolicyImport told) {
    if (told.file() == null || told.file().length == 0) {
      throw ApiProblem.badRequest("file: the policy file's bytes are missing (base64)");
    }
    String sha256 = PolicySnapshot.sha256(told.file());
    if (told.sha256().isPresent() && !told.sha256().get().equals(sha256)) {
      throw ApiProblem.badRequest(
          "the file arrived with SHA-256 %s, not %s: send it again"
              .formatted(sha256, told.sha256().get()));
    }
    try {
      return PolicyFile.of("the file", told.file());
    } catch (UnusableFileException e) {
      throw ApiProblem.badRequest(e.getMessage());
    }
  }

  private CompletionStage<HttpResponse> file(Call call) {
    String id = call.segment("id");
    return controller
        .view()
        .thenCompose(
            view -> {
              RegisteredPolicy policy =
                  view.policies().stream()
                      .filter(p -> p.ref().id().equals(id))
                      .findFirst()
                      .orElseThrow(() -> ApiProblem.notFound("there is no policy '" + id + "'"));
              return store.get(policy.ref().sha256()).thenApply(bytes -> file(policy, bytes));
            });
  }

  private static HttpResponse file(RegisteredPolicy policy, Optional<byte[]> bytes) {
    if (bytes.isEmpty()) {
      throw ApiProblem.notFound(
          "the database has no weights of policy '" + policy.ref().id() + "'");
    }
    Provenance from = policy.provenance();
    PolicyFile file =
        new PolicyFile(
            PolicySnapshot.fromBytes(bytes.get()),
            new PolicyFile.Provenance(
                from.run(),
                from.seed(),
                from.iteration(),
                from.environmentSteps(),
                from.trainingSeconds(),
                from.engine(),
                from.commit(),
                Instant.ofEpochMilli(policy.registeredAtMillis()),
                ""));
    return HttpResponse.create()
        .withEntity(HttpEntities.create(ContentTypes.APPLICATION_OCTET_STREAM, file.toBytes()))
        .addHeader(
            RawHeader.create(
                "Content-Disposition", "attachment; filename=\"" + policy.ref().id() + ".kiss\""));
  }
}
