package io.kiss.cluster.http;

import akka.actor.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.ClusterEvent.CurrentClusterState;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.sharding.ClusterSharding;
import akka.cluster.sharding.ShardRegion.ClusterShardingStats;
import akka.cluster.sharding.ShardRegion.GetClusterShardingStats;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.cluster.typed.Cluster;
import akka.http.javadsl.model.HttpResponse;
import akka.pattern.Patterns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.StreamSupport;
import scala.concurrent.duration.FiniteDuration;

/** The Akka cluster: who is in it, and what runs where. */
final class ClusterEndpoints {
  /** How a sharded daemon process calls its entities. */
  private static final String DAEMONS = "sharded-daemon-process-";

  private static final Map<String, String> SINGLETON_ROLES =
      Map.of("controller", "control", "learner", "learner");

  private final ActorSystem<?> system;
  private final List<EntityTypeKey<?>> entityTypes;
  private final Duration timeout;

  ClusterEndpoints(ActorSystem<?> system, List<EntityTypeKey<?>> entityTypes, Duration timeout) {
    this.system = system;
    this.entityTypes = List.copyOf(entityTypes);
    this.timeout = timeout;
  }

  /** A node of the cluster. */
  record MemberView(String address, List<String> roles, String status, boolean reachable) {}

  /**
   * The cluster as this node sees it.
   *
   * @param leader empty while there is none
   * @param singletons address by name: the oldest member of the singleton's role
   * @param shards entities by address, by sharded type
   */
  record ClusterView(
      String self,
      Optional<String> leader,
      List<MemberView> members,
      List<String> unreachable,
      Map<String, String> singletons,
      Map<String, Map<String, Integer>> shards) {}

  List<Endpoint> endpoints() {
    return List.of(Endpoint.get("/api/v1/cluster", call -> view()));
  }

  private CompletionStage<HttpResponse> view() {
    CompletionStage<Map<String, Map<String, Integer>>> shards =
        CompletableFuture.completedFuture(new TreeMap<>());
    for (EntityTypeKey<?> type : entityTypes) {
      shards =
          shards.thenCombine(
              stats(type),
              (all, one) -> {
                all.put(type.name().replaceFirst("^" + DAEMONS, ""), one);
                return all;
              });
    }
    return shards.thenApply(all -> Json.ok(view(all)));
  }

  private ClusterView view(Map<String, Map<String, Integer>> shards) {
    Cluster cluster = Cluster.get(system);
    CurrentClusterState state = cluster.state();
    List<Member> members = new ArrayList<>();
    state.getMembers().forEach(members::add);
    Map<String, String> singletons = new TreeMap<>();
    SINGLETON_ROLES.forEach(
        (name, role) ->
            members.stream()
                .filter(m -> m.status().equals(MemberStatus.up()) && m.hasRole(role))
                .reduce((a, b) -> a.isOlderThan(b) ? a : b)
                .ifPresent(oldest -> singletons.put(name, oldest.address().toString())));
    return new ClusterView(
        cluster.selfMember().address().toString(),
        Optional.ofNullable(state.getLeader()).map(Object::toString),
        members.stream().map(member -> memberView(member, state)).toList(),
        state.getUnreachable().stream().map(m -> m.address().toString()).sorted().toList(),
        singletons,
        shards);
  }

  private static MemberView memberView(Member member, CurrentClusterState state) {
    return new MemberView(
        member.address().toString(),
        StreamSupport.stream(member.getRoles().spliterator(), false)
            .filter(role -> !role.startsWith("dc-"))
            .sorted()
            .toList(),
        member.status().toString().toLowerCase(java.util.Locale.ROOT),
        !state.getUnreachable().contains(member));
  }

  /**
   * Entities of a type by address. Asked of the region itself: the typed query answers with nothing
   * on a node that only sends to the type, without its role.
   */
  private CompletionStage<Map<String, Integer>> stats(EntityTypeKey<?> type) {
    ActorRef sharded = ClusterSharding.get(system.classicSystem()).shardRegion(type.name());
    FiniteDuration each = scala.concurrent.duration.Duration.fromNanos(timeout.toNanos());
    return Patterns.ask(sharded, new GetClusterShardingStats(each), timeout.multipliedBy(2))
        .thenApply(ClusterShardingStats.class::cast)
        .thenApply(
            stats -> {
              Map<String, Integer> entities = new TreeMap<>();
              stats
                  .getRegions()
                  .forEach(
                      (address, region) ->
                          entities.put(
                              address.toString(),
                              region.getStats().values().stream()
                                  .mapToInt(count -> (Integer) count)
                                  .sum()));
              return entities;
            });
  }
}
