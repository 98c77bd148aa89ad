package io.kiss.cluster.http;

import akka.Done;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ClusterDefinition;
import io.kiss.actors.protocol.ClusterDefinition.PrometheusDefinition;
import io.kiss.actors.protocol.ClusterGpus;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.cluster.prometheus.MetricsSources;
import io.kiss.cluster.prometheus.PrometheusEndpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Live clusters: what they are called, and where their API server and Prometheus are. */
final class LiveClusterEndpoints {
  static final String CLUSTERS = "/api/v1/clusters";
  private static final String CLUSTER = CLUSTERS + "/{cluster}";

  private final ControllerClient controller;
  private final List<String> builtIn;
  private final MetricsSources sources;

  /**
   * Makes them.
   *
   * @param builtIn names of clusters that need no definition
   */
  LiveClusterEndpoints(ControllerClient controller, List<String> builtIn, MetricsSources sources) {
    this.controller = controller;
    this.builtIn = List.copyOf(builtIn);
    this.sources = sources;
  }

  /**
   * A cluster and what is attached in it.
   *
   * @param definition empty of a cluster that needs none
   * @param gpus empty where it has no budget
   */
  record ClusterView(
      String name,
      Optional<ClusterDefinition> definition,
      List<String> namespaces,
      Optional<ClusterGpus> gpus) {}

  /**
   * A page of clusters, those that are built in first.
   *
   * @param next what to pass as {@code after} for the next page; empty: this was the last
   */
  record ClusterPage(List<ClusterView> clusters, Optional<String> next) {}

  /** How a cluster is reached. */
  record PutCluster(
      String kubeconfig,
      String context,
      PutPrometheus prometheus,
      String metricsSource,
      Integer gpuBudget) {

    ClusterDefinition definition(String name) {
      if (prometheus == null || prometheus.url == null) {
        throw ApiProblem.badRequest(
            "prometheus.url: is missing; say where the cluster's Prometheus is");
      }
      if (context != null && kubeconfig == null) {
        throw ApiProblem.badRequest("context: wants a kubeconfig to be found in");
      }
      return new ClusterDefinition(
          name,
          Optional.ofNullable(kubeconfig),
          Optional.ofNullable(context),
          prometheus.definition(),
          metricsSource == null ? "" : metricsSource,
          ServiceTerms.gpuBudget(gpuBudget));
    }
  }

  /** Where Prometheus is; files are those of the nodes that scale. */
  record PutPrometheus(
      String url, String tokenFile, String user, String passwordFile, String caFile) {

    PrometheusDefinition definition() {
      try {
        PrometheusEndpoint.of(url);
      } catch (IllegalArgumentException e) {
        throw ApiProblem.badRequest("prometheus.url: " + e.getMessage());
      }
      if ((user == null) != (passwordFile == null) || user != null && tokenFile != null) {
        throw ApiProblem.badRequest(
            "prometheus: give a tokenFile, or a user and a passwordFile, or none of them");
      }
      return new PrometheusDefinition(
          url,
          Optional.ofNullable(tokenFile),
          Optional.ofNullable(user),
          Optional.ofNullable(passwordFile),
          Optional.ofNullable(caFile));
    }
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get(CLUSTERS, this::page, "limit", "after"),
        Endpoint.get(CLUSTER, this::one),
        Endpoint.put(CLUSTER, this::define),
        Endpoint.delete(CLUSTER, this::remove));
  }

  private CompletionStage<HttpResponse> page(Call call) {
    return controller
        .view()
        .thenApply(view -> Page.of(call, "after", views(view), ClusterView::name))
        .thenApply(page -> Json.ok(new ClusterPage(page.items(), page.next())));
  }

  private List<ClusterView> views(ControllerView view) {
    List<ClusterView> views = new ArrayList<>();
    builtIn.forEach(name -> views.add(view(view, name, Optional.empty())));
    view.clusters()
        .forEach(definition -> views.add(view(view, definition.name(), Optional.of(definition))));
    return views;
  }

  private static ClusterView view(
      ControllerView view, String name, Optional<ClusterDefinition> definition) {
    return new ClusterView(
        name,
        definition,
        attachments(view, name).map(Attachment::namespace).toList(),
        view.gpus().stream().filter(gpus -> gpus.cluster().equals(name)).findFirst());
  }

  static Stream<Attachment> attachments(ControllerView view, String cluster) {
    return view.attachments().stream().filter(a -> a.cluster().equals(cluster));
  }

  /** Refuses a name that is no cluster's. */
  void require(ControllerView view, String cluster) {
    find(view, cluster);
  }

  private ClusterView find(ControllerView view, String cluster) {
    return views(view).stream()
        .filter(known -> known.name().equals(cluster))
        .findFirst()
        .orElseThrow(() -> ApiProblem.notFound("there is no cluster '" + cluster + "'"));
  }

  private CompletionStage<HttpResponse> one(Call call) {
    String name = call.segment("cluster");
    return controller.view().thenApply(view -> Json.ok(find(view, name)));
  }

  private CompletionStage<HttpResponse> define(Call call) {
    String name = call.segment("cluster");
    if (!name.matches("[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?")) {
      throw ApiProblem.badRequest(
          "'" + name + "' is not a name a cluster can have: small letters, digits, - and .");
    }
    if (builtIn.contains(name)) {
      throw ApiProblem.conflict("cluster '" + name + "' is built in and stays as it is");
    }
    return call.body(PutCluster.class)
        .thenCompose(
            put -> {
              ClusterDefinition definition = put.definition(name);
              requireSource(definition.metricsSource());
              return controller.view().thenCompose(view -> define(view, definition));
            });
  }

  /** Refuses templates that there are not; empty names the usual ones. */
  void requireSource(String source) {
    if (source.isEmpty()) {
      return;
    }
    try {
      sources.require(source);
    } catch (IllegalArgumentException e) {
      throw ApiProblem.badRequest("metrics source: " + e.getMessage());
    }
  }

  private CompletionStage<HttpResponse> define(ControllerView view, ClusterDefinition definition) {
    boolean known =
        view.clusters().stream().anyMatch(other -> other.name().equals(definition.name()));
    return controller
        .<Done>order(reply -> new ControllerProtocol.PutCluster(definition, reply))
        .thenApply(done -> Json.response(known ? StatusCodes.OK : StatusCodes.CREATED, definition));
  }

  private CompletionStage<HttpResponse> remove(Call call) {
    String name = call.segment("cluster");
    if (builtIn.contains(name)) {
      throw ApiProblem.conflict("cluster '" + name + "' is built in and stays");
    }
    return controller
        .view()
        .thenCompose(
            view -> {
              require(view, name);
              return controller.<Done>order(
                  reply -> new ControllerProtocol.DeleteCluster(name, reply));
            })
        .thenApply(done -> HttpResponse.create().withStatus(StatusCodes.NO_CONTENT));
  }
}
