package io.kiss.actors.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.ExtendedActorSystem;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.cluster.Cluster;
import akka.serialization.SerializerWithStringManifest;
import akka.serialization.jackson.JacksonCborSerializer;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.WorkerProtocol;
import io.kiss.actors.protocol.WorkerProtocol.Rest;
import io.kiss.actors.protocol.WorkerProtocol.UseIteration;
import java.io.NotSerializableException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two nodes that talk over TCP, one of which sends what the other cannot read. */
class WireFaultsTest {
  private static final Config NODE =
      ConfigFactory.parseString(
          """
          akka.actor.provider = cluster
          akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
          akka.cluster.jmx.enabled = off
          akka.coordinated-shutdown.exit-jvm = off
          """);

  /** Writes under identifiers of other serializers, as a torn, hostile or newer node would. */
  private static final Config FORGER =
      ConfigFactory.parseString(
          """
          # What a serializer of Akka's own is bound to, it allows by itself.
          akka.serialization.jackson.allowed-class-prefix = ["io.kiss"]
          akka.actor {
            serializers {
              jackson-cbor = "%1$s$ForgedCbor"
              kiss-bulk = "%1$s$ForgedBulk"
              forged-serializer = "%1$s$ForgedSerializer"
            }
            serialization-bindings {
              "%1$s$UnknownClass" = jackson-cbor
              "%1$s$TornCbor" = jackson-cbor
              "%1$s$UnboundClass" = jackson-cbor
              "%1$s$TornBulk" = kiss-bulk
              "%1$s$NewerBulk" = kiss-bulk
              "%1$s$UnknownSerializer" = forged-serializer
            }
          }
          """
              .formatted(WireFaultsTest.class.getName()));

  private static ActorTestKit sender;
  private static ActorTestKit receiver;
  private static TestProbe<Object> sink;
  private static ActorRef<Object> there;
  private static int number;

  @BeforeAll
  static void start() {
    sender =
        ActorTestKit.create(
            "wire", FORGER.withFallback(NODE).withFallback(ConfigFactory.load()).resolve());
    receiver = ActorTestKit.create("wire", NODE.withFallback(ConfigFactory.load()).resolve());
    sink = receiver.createTestProbe();
    there =
        ActorRefResolver.get(sender.system())
            .resolveActorRef(
                ActorRefResolver.get(receiver.system()).toSerializationFormat(sink.ref()));
    WireFaults.get(sender.system());
    WireFaults.get(receiver.system());
  }

  @AfterAll
  static void stop() {
    sender.shutdownTestKit();
    receiver.shutdownTestKit();
  }

  private static long sent() {
    return WireFaults.get(sender.system()).sent();
  }

  private static long received() {
    return WireFaults.get(receiver.system()).received();
  }

  private static void expectThatMessagesStillArrive() {
    Rest rest = new Rest(new Iteration("run", 1, ++number));
    there.tell(rest);
    assertThat(sink.receiveMessage(Duration.ofSeconds(20))).isEqualTo(rest);
  }

  @Test
  void whatCannotBeReadIsCountedAndDroppedAndTheNextMessageArrives() {
    expectThatMessagesStillArrive();
    long before = received();
    Object[] forged = {
      new UnknownClass(),
      new TornCbor(),
      new UnboundClass(),
      new TornBulk(),
      new NewerBulk(),
      new UnknownSerializer()
    };
    for (int i = 0; i < forged.length; i++) {
      there.tell(forged[i]);
      long counted = before + i + 1;
      await().atMost(Duration.ofSeconds(10)).until(() -> received() == counted);
      expectThatMessagesStillArrive();
    }
    assertThat(received()).isEqualTo(before + forged.length);
  }

  @Test
  void aMessageThatFitsIntoNoFrameIsCountedWhereItIsSentAndTheNextArrives() {
    expectThatMessagesStillArrive();
    long before = sent();
    long arrived = received();
    there.tell(new UseIteration(new Iteration("run", 1, 1), new byte[300 * 1024]));
    await().atMost(Duration.ofSeconds(10)).until(() -> sent() == before + 1);
    // Neither can what nobody has bound to a serializer be sent.
    there.tell(new StringBuilder("unbound"));
    await().atMost(Duration.ofSeconds(10)).until(() -> sent() == before + 2);
    expectThatMessagesStillArrive();
    assertThat(received()).isEqualTo(arrived);
  }

  @Test
  void aConnectionThatSendsNoiseOrAnnouncesAHugeFrameDisturbsNobody() throws Exception {
    expectThatMessagesStillArrive();
    int port = Cluster.get(receiver.system()).selfMember().address().getPort().get();
    byte[] hugeFrame =
        ByteBuffer.allocate(9)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put("AKKA".getBytes(StandardCharsets.US_ASCII))
            .put((byte) 2)
            .putInt(1 << 30)
            .array();
    for (byte[] hostile :
        new byte[][] {"GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII), hugeFrame}) {
      try (Socket socket = new Socket("127.0.0.1", port);
          OutputStream out = socket.getOutputStream()) {
        out.write(hostile);
        out.flush();
        expectThatMessagesStillArrive();
      }
      expectThatMessagesStillArrive();
    }
  }

  /** Names a class that the receiver has not. */
  record UnknownClass() {}

  /** Ends too early. */
  record TornCbor() {}

  /** Names a class that the receiver has, but has not bound to anything. */
  record UnboundClass() {}

  /** Ends too early. */
  record TornBulk() {}

  /** In a format to come. */
  record NewerBulk() {}

  /** Written by a serializer that the receiver has not. */
  record UnknownSerializer() {}

  /** What is no message of this test is written as ever. */
  abstract static class Forged extends SerializerWithStringManifest {
    private final SerializerWithStringManifest honest;

    Forged(SerializerWithStringManifest honest) {
      this.honest = honest;
    }

    @Override
    public int identifier() {
      return honest.identifier();
    }

    @Override
    public String manifest(Object message) {
      if (!isForged(message)) {
        return honest.manifest(message);
      } else if (message instanceof UnknownClass) {
        return "io.kiss.actors.protocol.OfAVersionToCome";
      } else if (message instanceof UnboundClass) {
        return "java.util.ArrayList";
      } else if (message instanceof TornBulk) {
        return "segment/1";
      } else if (message instanceof NewerBulk) {
        return "segment/999";
      }
      return WorkerProtocol.Rest.class.getName();
    }

    private static boolean isForged(Object message) {
      return message.getClass().getNestHost() == WireFaultsTest.class;
    }

    @Override
    public byte[] toBinary(Object message) {
      return isForged(message) ? new byte[] {(byte) 0xbf, 1, 2} : honest.toBinary(message);
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
      return honest.fromBinary(bytes, manifest);
    }
  }

  static final class ForgedCbor extends Forged {
    ForgedCbor(ExtendedActorSystem system) {
      super(new JacksonCborSerializer(system, "jackson-cbor"));
    }
  }

  static final class ForgedBulk extends Forged {
    ForgedBulk(ExtendedActorSystem system) {
      super(new KryoSerializer(system));
    }
  }

  static final class ForgedSerializer extends Forged {
    ForgedSerializer(ExtendedActorSystem system) {
      super(new KryoSerializer(system));
    }

    @Override
    public int identifier() {
      return 424_242;
    }
  }
}
