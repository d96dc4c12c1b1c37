package dev.sluice.systemtests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A WebSocket client by hand (RFC 6455 §5), for what well-behaved clients never do. */
final class RawSocket implements AutoCloseable {
  static final int TEXT = 1;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private static final int PATIENCE_MS = 30_000;
  private static final int MASKED = 0x80;
  private static final int FINAL = 0x80;

  private final Socket socket = new Socket();
  private final ByteArrayOutputStream parts = new ByteArrayOutputStream();
  private final DataInputStream in;
  private final String head;

  /** What the server sent. */
  record Frame(int opcode, byte[] payload) {
    String text() {
      return new String(payload, UTF_8);
    }

    int closeCode() {
      return ByteBuffer.wrap(payload).getShort() & 0xFFFF;
    }
  }

  private RawSocket(String api, String headers, int receiveBuffer) {
    try {
      var uri = URI.create(api);
      if (receiveBuffer > 0) socket.setReceiveBufferSize(receiveBuffer);
      socket.setSoTimeout(PATIENCE_MS);
      socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1_024));
      var request =
          """
          GET /v1/responses HTTP/1.1
          Host: %s:%d
          Upgrade: websocket
          Connection: Upgrade
          Sec-WebSocket-Version: 13
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
          %s
          """
              .formatted(uri.getHost(), uri.getPort(), headers.strip())
              .replace("\n", "\r\n");
      socket.getOutputStream().write((request + "\r\n").getBytes(ISO_8859_1));
      head = readHead();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  static RawSocket open(String api, String headers) {
    return new RawSocket(api, headers, 0);
  }

  /** With as little room for what it does not read as the operating system allows. */
  static RawSocket withSmallBuffer(String api, String headers) {
    return new RawSocket(api, headers, 4_096);
  }

  /** Status line and headers of the answer to the upgrade. */
  String head() {
    return head;
  }

  int status() {
    return Integer.parseInt(head.substring(9, 12));
  }

  /** The body of a refused upgrade. */
  String body() throws IOException {
    var length = header("content-length");
    if (length != null) return new String(in.readNBytes(Integer.parseInt(length)), UTF_8);
    // One chunk, as the container sends small bodies of unknown length.
    var size = new StringBuilder();
    for (int next = in.read(); next != '\r'; next = in.read()) size.append((char) next);
    in.readByte();
    return new String(in.readNBytes(Integer.parseInt(size.toString(), 16)), UTF_8);
  }

  @Nullable String header(String name) {
    return head.lines()
        .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse(null);
  }

  void text(String payload) throws IOException {
    send(FINAL | TEXT, payload.getBytes(UTF_8));
  }

  /** A fragment of a message, which goes on or ends later. */
  void fragment(boolean first, boolean last, String payload) throws IOException {
    send((last ? FINAL : 0) | (first ? TEXT : 0), payload.getBytes(UTF_8));
  }

  void pong(byte[] payload) throws IOException {
    send(FINAL | PONG, payload);
  }

  private void send(int first, byte[] payload) throws IOException {
    var frame = ByteBuffer.allocate(payload.length + 14);
    frame.put((byte) first);
    if (payload.length < 126) frame.put((byte) (MASKED | payload.length));
    else if (payload.length < 65_536)
      frame.put((byte) (MASKED | 126)).putShort((short) payload.length);
    else frame.put((byte) (MASKED | 127)).putLong(payload.length);
    frame.putInt(0).put(payload); // a mask of zeros changes nothing
    socket.getOutputStream().write(frame.array(), 0, frame.position());
  }

  /**
   * The next message, put together, or control frame, which may come between the parts of a
   * message; fails if none comes for a while or the connection is cut.
   */
  Frame next() throws IOException {
    while (true) {
      int first = in.readUnsignedByte();
      var payload = payload();
      int opcode = first & 0x0F;
      if (opcode >= CLOSE) return new Frame(opcode, payload);
      parts.writeBytes(payload);
      if ((first & FINAL) == 0) continue;
      var message = parts.toByteArray();
      parts.reset();
      return new Frame(TEXT, message);
    }
  }

  private byte[] payload() throws IOException {
    long length = in.readUnsignedByte();
    if (length == 126) length = in.readUnsignedShort();
    else if (length == 127) length = in.readLong();
    var payload = new byte[(int) length];
    in.readFully(payload);
    return payload;
  }

  /** The next frame of that kind; others are passed over. */
  Frame next(int opcode) throws IOException {
    var frame = next();
    while (frame.opcode() != opcode) frame = next();
    return frame;
  }

  private String readHead() throws IOException {
    var text = new StringBuilder();
    while (text.length() < 4 || !text.substring(text.length() - 4).equals("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) throw new IOException("the connection was cut after: " + text);
      text.append((char) next);
    }
    return text.toString();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }
}
