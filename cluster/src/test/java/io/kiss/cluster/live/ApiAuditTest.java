package io.kiss.cluster.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Whether the audit that contention is judged by sees what must not be; histories are made up. */
class ApiAuditTest {
  private static final String LEASES =
      "PUT /apis/coordination.k8s.io/v1/namespaces/prod/leases/kiss-scaler HTTP/1.1";
  private static final String SCALE =
      "PATCH /apis/apps/v1/namespaces/prod/deployments/web/scale?fieldManager=kiss HTTP/1.1";

  private final ApiAudit audit = new ApiAudit();
  private final ApiAudit.Node one = audit.node("one");
  private final ApiAudit.Node two = audit.node("two");

  private static String taken(int version, String spec) {
    return "HTTP/1.1 200 OK\r\n\r\n{\"metadata\":{\"resourceVersion\":\"%d\"},\"spec\":{%s}}"
        .formatted(version, spec);
  }

  private static void lease(ApiAudit.Node node, int version, String holder) {
    node.answer(LEASES, taken(version, "\"holderIdentity\":\"%s\"".formatted(holder)));
  }

  private static void scale(ApiAudit.Node node, int version, int replicas) {
    node.answer(SCALE, taken(version, "\"replicas\":%d".formatted(replicas)));
  }

  @Test
  void whatEachHolderWritesWhileItHoldsTheLeaseIsRight() {
    // Noted as answers come in, which is not the order in which the server took them.
    lease(one, 10, "kiss-one");
    lease(two, 13, "kiss-two");
    scale(one, 12, 5);
    scale(two, 14, 6);
    scale(one, 11, 4);
    lease(two, 15, "");
    assertThatCode(audit::everyScalingIsItsHolders).doesNotThrowAnyException();
    assertThat(audit.scalings()).extracting(ApiAudit.Write::replicas).containsExactly(4, 5, 6);
    assertThat(audit.holder()).isEmpty();
  }

  @Test
  void aWriteOfWhoHasLostTheLeaseIsSeen() {
    lease(one, 10, "kiss-one");
    scale(one, 11, 4);
    lease(two, 12, "kiss-two");
    scale(one, 13, 5);
    assertThatThrownBy(audit::everyScalingIsItsHolders)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("node=one, version=13");
  }

  @Test
  void aWriteThatTheServerTookTooLateIsSeenThoughItWasAnsweredFirst() {
    lease(one, 10, "kiss-one");
    scale(one, 13, 5);
    lease(two, 12, "kiss-two");
    assertThatThrownBy(audit::everyScalingIsItsHolders).hasMessageContaining("version=13");
  }

  @Test
  void aWriteUnderALeaseThatWasGivenBackIsSeen() {
    lease(one, 10, "kiss-one");
    lease(one, 11, "");
    scale(one, 12, 5);
    assertThatThrownBy(audit::everyScalingIsItsHolders).hasMessageContaining("holder at");
  }

  @Test
  void aWriteBeforeAnybodyHadTheLeaseIsSeen() {
    scale(one, 9, 5);
    lease(one, 10, "kiss-one");
    assertThatThrownBy(audit::everyScalingIsItsHolders).hasMessageContaining("the lease at");
  }

  @Test
  void whatTheServerRefusedWasNoWrite() {
    lease(one, 10, "kiss-one");
    two.answer(SCALE, "HTTP/1.1 409 Conflict\r\n\r\n{}");
    assertThatCode(audit::everyScalingIsItsHolders).doesNotThrowAnyException();
    assertThat(audit.refused()).singleElement().asString().contains("two", "409");
  }
}
