package dev.sluice.api.socket;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.web.socket.CloseStatus;

/**
 * What one socket may send, whether its client is still there, and until when: a client, and the
 * message of its that is being received. Parts of messages come one at a time; timers have a thread
 * of their own and only tell others what to do.
 */
final class Connection {
  static final CloseStatus EXPIRED = new CloseStatus(4001, "access token expired");
  static final CloseStatus NO_PONG = new CloseStatus(4002, "no answer to a ping");
  static final CloseStatus TOO_MANY_FRAMES = new CloseStatus(4029, "too many frames");

  /**
   * A fragment below this counts as a frame, so that a message of a million crumbs does not pay.
   */
  private static final int CRUMB = 1_024;

  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  private final ClientSocket socket;
  private final SocketWriter writer;
  private final SocketProperties limits;
  private final ScheduledExecutorService timer;
  private final Bucket frames;
  private final StringBuilder parts = new StringBuilder(); // the container's thread's alone
  private boolean tooLarge; // likewise
  private volatile boolean heard = true; // since the last ping
  private volatile boolean listening = true; // a pong is not read while a frame is worked on
  private volatile boolean closing;
  private volatile List<ScheduledFuture<?>> timers = List.of();

  Connection(
      ClientSocket socket,
      SocketWriter writer,
      SocketProperties limits,
      ScheduledExecutorService timer) {
    this.socket = socket;
    this.writer = writer;
    this.limits = limits;
    this.timer = timer;
    this.frames =
        Bucket.builder()
            .addLimit(limit ->
                limit
                    .capacity(limits.frameBurst())
                    .refillGreedy(limits.maxFramesPerSecond(), Duration.ofSeconds(1)))
            .build();
  }

  /**
   * From now on it is looked after.
   *
   * @param signedIn how long its token is good for yet
   */
  void begin(Duration signedIn) {
    // A write that takes too long is ours to end, with a code; the container's limit comes after.
    writer.limitWrites(limits.slowReaderGrace().plus(limits.pingEvery().multipliedBy(2)));
    long ping = limits.pingEvery().toMillis();
    timers =
        List.of(
            timer.schedule(this::retire, limits.maxAge().toMillis(), TimeUnit.MILLISECONDS),
            timer.schedule(this::expire, millis(signedIn), TimeUnit.MILLISECONDS),
            timer.scheduleWithFixedDelay(this::look, ping, ping, TimeUnit.MILLISECONDS));
  }

  /** A token may be good for longer than can be counted. */
  private long millis(Duration signedIn) {
    var longest = limits.maxAge().plus(limits.expiryGrace());
    return (signedIn.compareTo(longest) < 0 ? signedIn : longest).toMillis();
  }

  /** A part of a text message. */
  void part(String text, boolean last) {
    listening = false;
    try {
      take(text, last);
    } finally {
      heard = true;
      listening = true;
    }
  }

  private void take(String text, boolean last) {
    // What nobody would hear the answer of is not asked.
    if (closing || writer.isClosing() || !isWithinRate(text, last)) return;
    if (!tooLarge) parts.append(text);
    if (parts.length() > limits.maxMessageBytes()) {
      tooLarge = true;
      parts.setLength(0);
    }
    if (!last) return;
    var message = parts.toString();
    parts.setLength(0);
    parts.trimToSize();
    if (tooLarge || message.getBytes(UTF_8).length > limits.maxMessageBytes()) {
      tooLarge = false;
      socket.refuse(tooLarge(), null);
    } else {
      socket.frame(message);
    }
  }

  void binary() {
    close(CloseStatus.NOT_ACCEPTABLE.withReason("send text frames"));
  }

  void pong() {
    heard = true;
    var _ = isWithinRate("", true); // nobody asked for that many
  }

  /** The client is gone. */
  void end() {
    closing = true;
    timers.forEach(timer -> timer.cancel(false));
    socket.close();
  }

  private boolean isWithinRate(String text, boolean last) {
    if (!last && text.length() >= CRUMB) return true;
    if (frames.tryConsume(1)) return true;
    if (!closing) {
      socket.refuse(new SluiceException(ErrorCode.TOO_MANY_FRAMES), null);
      close(TOO_MANY_FRAMES);
    }
    return false;
  }

  private void look() {
    if (closing || writer.isClosing()) return; // that has a deadline of its own
    if (writer.isStuck()) {
      closeNow(SocketWriter.TOO_SLOW);
      return;
    }
    // While something goes out the client is slow at the worst, which is looked at above.
    if (!heard && listening && !writer.isWriting()) {
      closeNow(NO_PONG);
      return;
    }
    heard = false;
    writer.ping();
  }

  private void retire() {
    socket.refuse(new SluiceException(ErrorCode.WEBSOCKET_CONNECTION_LIMIT_REACHED), null);
    close(CloseStatus.NORMAL.withReason("connection limit reached"));
  }

  private void expire() {
    socket.acceptNoMore(ErrorCode.TOKEN_EXPIRED);
    closeWhenIdle(System.nanoTime() + limits.expiryGrace().toNanos());
  }

  /** Looked at now and then: a response has no need to know that somebody waits for its end. */
  private void closeWhenIdle(long giveUpAt) {
    if (closing) return;
    if (socket.isIdle() || System.nanoTime() - giveUpAt >= 0) {
      socket.refuse(new SluiceException(ErrorCode.TOKEN_EXPIRED), null);
      close(EXPIRED);
      return;
    }
    Future<?> _ =
        timer.schedule(() -> closeWhenIdle(giveUpAt), LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void close(CloseStatus status) {
    closing = true;
    writer.close(status);
  }

  private void closeNow(CloseStatus status) {
    closing = true;
    writer.closeNow(status);
  }

  private SluiceException tooLarge() {
    return new SluiceException(
        ErrorCode.REQUEST_TOO_LARGE,
        "The message has more than %,d bytes. Shorten the input."
            .formatted(limits.maxMessageBytes()));
  }
}
