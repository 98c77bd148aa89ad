package io.kiss.cluster;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;

/** Answers every question for an A record with the same addresses (RFC 1035), others with none. */
final class DnsServer implements AutoCloseable {
  private static final int HEADER = 12;
  private static final int TYPE_A = 1;
  private static final int CLASS_IN = 1;
  private static final int TTL_SECONDS = 1;

  /** The name of the question, which stands right behind the header. */
  private static final short SAME_NAME = (short) (0xc000 | HEADER);

  private static final short RESPONSE = (short) 0x8580;

  private final List<InetAddress> addresses;
  private final DatagramSocket socket;

  DnsServer(List<InetAddress> addresses) throws SocketException {
    this.addresses = addresses;
    socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "dns");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return socket.getLocalPort();
  }

  private void serve() {
    byte[] bytes = new byte[512];
    while (!socket.isClosed()) {
      DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
      try {
        socket.receive(packet);
        byte[] answer = answer(ByteBuffer.wrap(bytes, 0, packet.getLength()));
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException e) {
        // Closed: the loop ends.
      }
    }
  }

  private byte[] answer(ByteBuffer question) {
    int end = HEADER;
    while (question.get(end) != 0) {
      end += question.get(end) + 1;
    }
    end += 1;
    boolean wanted = question.getShort(end) == TYPE_A;
    end += 2 * Short.BYTES;
    byte[] asked = new byte[end - HEADER];
    question.get(HEADER, asked);
    ByteBuffer answer = ByteBuffer.allocate(512);
    answer.putShort(question.getShort(0)).putShort(RESPONSE).putShort((short) 1);
    answer.putShort((short) (wanted ? addresses.size() : 0)).putInt(0).put(asked);
    if (wanted) {
      for (InetAddress address : addresses) {
        answer.putShort(SAME_NAME).putShort((short) TYPE_A).putShort((short) CLASS_IN);
        answer.putInt(TTL_SECONDS).putShort((short) 4).put(address.getAddress());
      }
    }
    byte[] bytes = new byte[answer.position()];
    answer.flip().get(bytes);
    return bytes;
  }

  @Override
  public void close() {
    socket.close();
  }
}
