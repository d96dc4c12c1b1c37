package dev.sluice.api.socket;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * Writes to one socket, in order, without ever making a caller wait. A thread runs only while there
 * is something to write. A client that does not read fills its own buffer and is closed; nobody
 * else notices. Thread-safe.
 */
final class SocketWriter {
  static final CloseStatus TOO_SLOW = new CloseStatus(4008, "reads too slowly");

  private static final Logger log = LoggerFactory.getLogger(SocketWriter.class);

  private final WebSocketSession session;
  private final Executor threads;
  private final int capacity;

  // Guarded by itself, as are the two fields below.
  private final Queue<byte[]> waiting = new ArrayDeque<>();
  private int bytes;
  private boolean writing;

  SocketWriter(WebSocketSession session, Executor threads, int capacity) {
    this.session = session;
    this.threads = threads;
    this.capacity = capacity;
  }

  void send(String text) {
    send(text.getBytes(UTF_8));
  }

  /**
   * @param text UTF-8
   */
  void send(byte[] text) {
    synchronized (waiting) {
      if (bytes + text.length > capacity) {
        waiting.clear();
        bytes = 0;
        threads.execute(() -> close(TOO_SLOW));
        return;
      }
      waiting.add(text);
      bytes += text.length;
      if (writing) return;
      writing = true;
    }
    threads.execute(this::write);
  }

  void close(CloseStatus status) {
    try {
      session.close(status);
    } catch (IOException gone) {
      log.atDebug().log("The socket was gone before it could be closed");
    }
  }

  private void write() {
    try {
      for (var text = next(); text != null; text = next())
        session.sendMessage(new TextMessage(text));
    } catch (IOException | IllegalStateException gone) {
      // The container tells the handler that the connection is closed; what waits is not wanted.
      log.atDebug().log("The client went away while it was written to");
    }
  }

  private byte @org.jspecify.annotations.Nullable [] next() {
    synchronized (waiting) {
      var text = waiting.poll();
      if (text == null) writing = false;
      else bytes -= text.length;
      return text;
    }
  }
}
