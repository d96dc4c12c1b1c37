package dev.sluice.api.socket;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.websocket.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;

/**
 * Writes to one socket, in order, without ever making a caller wait. A thread runs only while there
 * is something to write. Thread-safe.
 */
final class SocketWriter {
  /*
   * A client that does not read fills its own buffer; nobody else notices. When it is full the
   * socket pauses: no event is taken, and the responses go on in the reply log. A client that has
   * read all that waits before the grace is over gets what it has missed from there; another one is
   * closed, and resumes behind the last event that it has. A close that is not for its slowness goes
   * after what waits.
   */
  static final CloseStatus TOO_SLOW = new CloseStatus(4008, "reads too slowly");

  private static final Logger log = LoggerFactory.getLogger(SocketWriter.class);
  private static final byte[] PING = new byte[0]; // stands in the line for one
  private static final String WRITE_TIMEOUT = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);
  private static final long IDLE = Long.MIN_VALUE;

  private final WebSocketSession session;
  private final Executor threads;
  private final ScheduledExecutorService timer;
  private final int capacity;
  private final Duration grace;
  private final LongSupplier nanos;

  // Guarded by itself, as are the fields below.
  private final Queue<byte[]> waiting = new ArrayDeque<>();
  private int bytes;
  private boolean writing;
  private @Nullable ScheduledFuture<?> paused; // what ends a pause that is too long
  private final List<Runnable> onDrained = new ArrayList<>();
  private @Nullable CloseStatus closing;

  private volatile long writingSince = IDLE;

  /**
   * @param capacity bytes that may wait
   * @param grace how long what waits may take to go out before a close
   * @param nanos a ticker
   */
  SocketWriter(
      WebSocketSession session,
      Executor threads,
      ScheduledExecutorService timer,
      int capacity,
      Duration grace,
      LongSupplier nanos) {
    this.session = session;
    this.threads = threads;
    this.timer = timer;
    this.capacity = capacity;
    this.grace = grace;
    this.nanos = nanos;
  }

  void send(String text) {
    send(text.getBytes(UTF_8));
  }

  /**
   * Goes out even while the client reads slowly: it is none of those that can be read again.
   *
   * @param text UTF-8
   */
  void send(byte[] text) {
    synchronized (waiting) {
      if (closing != null) return;
      // One alone always fits: it was in memory already.
      if (bytes == 0 || bytes + text.length <= 2 * capacity) {
        add(text);
        return;
      }
    }
    close(TOO_SLOW);
  }

  /**
   * Takes an event if there is room for it. If not, none is taken until all that waits has gone
   * out.
   *
   * @param event UTF-8
   */
  boolean offer(byte[] event) {
    synchronized (waiting) {
      if (closing != null) return true; // nobody misses it
      if (paused != null) return false;
      if (bytes == 0 || bytes + event.length <= capacity) {
        add(event);
        return true;
      }
      paused = timer.schedule(() -> closeNow(TOO_SLOW), grace.toNanos(), TimeUnit.NANOSECONDS);
      return false;
    }
  }

  /**
   * Calls {@code action} when events are taken again; not at all if the socket is closed before.
   *
   * @param action must not block
   */
  void onceDrained(Runnable action) {
    synchronized (waiting) {
      if (paused != null) {
        onDrained.add(action);
        return;
      }
    }
    action.run();
  }

  void ping() {
    synchronized (waiting) {
      if (closing == null) add(PING);
    }
  }

  /** Whether it takes nothing more. */
  boolean isClosing() {
    synchronized (waiting) {
      return closing != null;
    }
  }

  /** Whether something waits to go out, or is going out. */
  boolean isWriting() {
    synchronized (waiting) {
      return writing;
    }
  }

  /** Whether the client has not let go out what is being written for longer than the grace. */
  boolean isStuck() {
    long since = writingSince;
    return since != IDLE && nanos.getAsLong() - since > grace.toNanos();
  }

  /** Closes once what waits has gone out, at the latest after the grace; takes nothing more. */
  void close(CloseStatus status) {
    synchronized (waiting) {
      if (closing != null) return;
      closing = status;
      if (!writing) run(() -> end(status));
    }
    var _ = timer.schedule(() -> closeNow(status), grace.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Closes without regard to what waits; the client may be stuck. */
  void closeNow(CloseStatus status) {
    if (!session.isOpen()) return;
    synchronized (waiting) {
      closing = status;
      waiting.clear();
      onDrained.clear();
      bytes = 0;
    }
    run(() -> {
      // A write may be stuck before our close frame: the container cuts the connection then.
      limitWrites(CLOSE_WITHIN);
      end(status);
    });
  }

  /** How long the container lets a write take before it cuts the connection. */
  void limitWrites(Duration timeout) {
    try {
      if (session instanceof NativeWebSocketSession container
          && container.getNativeSession() instanceof Session tomcat)
        tomcat.getUserProperties().put(WRITE_TIMEOUT, timeout.toMillis());
    } catch (IllegalStateException closed) {
      log.atDebug().log("The socket was closed before its writes could be limited");
    }
  }

  private void add(byte[] text) {
    waiting.add(text);
    bytes += text.length;
    if (writing) return;
    writing = true;
    run(this::write);
  }

  private void run(Runnable task) {
    try {
      threads.execute(task);
    } catch (RejectedExecutionException stopping) {
      log.atDebug().log("The service stops; the container closes its sockets");
    }
  }

  private void write() {
    try {
      for (var text = next(); text != null; text = next()) {
        writingSince = nanos.getAsLong();
        session.sendMessage(text == PING ? new PingMessage() : new TextMessage(text));
        writingSince = IDLE;
      }
      endIfWanted();
    } catch (IOException | IllegalStateException gone) {
      // The container tells the handler that the connection is closed; what waits is not wanted.
      log.atDebug().log("The client went away while it was written to");
    } finally {
      writingSince = IDLE;
    }
  }

  private byte @Nullable [] next() {
    List<Runnable> drained;
    synchronized (waiting) {
      var text = waiting.poll();
      if (text != null) {
        bytes -= text.length;
        return text;
      }
      writing = false;
      drained = unpause();
    }
    drained.forEach(Runnable::run);
    return null;
  }

  private List<Runnable> unpause() {
    if (paused == null) return List.of();
    paused.cancel(false);
    paused = null;
    var drained = List.copyOf(onDrained);
    onDrained.clear();
    return closing == null ? drained : List.of();
  }

  private void endIfWanted() {
    CloseStatus wanted;
    synchronized (waiting) {
      wanted = closing;
    }
    if (wanted != null) end(wanted);
  }

  private void end(CloseStatus status) {
    try {
      session.close(status);
    } catch (IOException gone) {
      log.atDebug().log("The socket was gone before it could be closed");
    }
  }
}
