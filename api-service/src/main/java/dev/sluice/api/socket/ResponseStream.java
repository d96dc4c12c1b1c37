package dev.sluice.api.socket;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.api.replies.ReplyListener;
import dev.sluice.api.responses.Watch;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.topic.Reply;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The events of one response on one socket. A fast worker may answer before Kafka has acknowledged
 * the request; its events wait until {@code response.queued} has gone out. Thread-safe.
 */
final class ResponseStream implements ReplyListener {
  /*
   * What has no room while the client reads slowly is not kept: it is in the reply log. From then on
   * nothing is taken as it comes; when the client has read what waited for it, the response is read
   * again from the event behind the last one that was taken.
   */
  private final SocketWriter writer;
  private final @Nullable String streamId;
  private final Rereading rereading;
  private final CompletableFuture<Void> delivered = new CompletableFuture<>();

  // Guarded by this.
  private final List<Reply> early = new ArrayList<>();
  private boolean queued;
  private long taken;
  private boolean missed;
  private @Nullable Again again;

  /** Reads a response again. */
  interface Rereading {
    /**
     * @throws SluiceException if it cannot be read now
     */
    Watch begin(long after, ReplyListener listener);

    void end(Watch watch);
  }

  /**
   * @param streamId echoed in every event, where the client named one
   * @param after number of the last event that the client knows
   */
  ResponseStream(SocketWriter writer, @Nullable String streamId, long after, Rereading rereading) {
    this.writer = writer;
    this.streamId = streamId;
    this.taken = after;
    this.rereading = rereading;
  }

  synchronized void queued(byte[] event) {
    writer.send(framed(event));
    taken = Math.max(taken, 0);
    resumed();
  }

  /** The client knows that the response is queued, or is told by the events themselves. */
  synchronized void resumed() {
    queued = true;
    early.forEach(this::live);
    early.clear();
  }

  /** Completes when nothing is left to be read again; fails if it cannot be. */
  synchronized CompletableFuture<Void> delivered() {
    return missed ? delivered : CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized void accept(Reply reply) {
    if (queued) live(reply);
    else early.add(reply);
  }

  /** Before the response is known to be queued, a place in the queue means nothing. */
  @Override
  public synchronized void aside(byte[] frame) {
    if (queued && !missed) writer.offer(framed(frame));
  }

  private void live(Reply reply) {
    if (missed || take(reply)) return;
    missed = true;
    writer.onceDrained(this::readAgain);
  }

  private boolean take(Reply reply) {
    if (!writer.offer(framed(reply.event()))) return false;
    taken = reply.sequence();
    return true;
  }

  /** It waits for Redis; whoever says that there is room must not wait with it. */
  private void readAgain() {
    Thread.startVirtualThread(() -> {
      var next = new Again();
      long after;
      synchronized (this) {
        again = next;
        after = taken;
      }
      try {
        next.at(rereading.begin(after, next));
      } catch (SluiceException notNow) {
        writer.close(SocketWriter.TOO_SLOW); // the client may come back when it can
      }
    });
  }

  /** Once through what was missed, as far as there is room. */
  private final class Again implements ReplyListener {
    private @Nullable Watch watch; // guarded by the stream
    private boolean full; // likewise

    void at(Watch begun) {
      boolean over;
      synchronized (ResponseStream.this) {
        watch = begun;
        over = full;
      }
      if (over) rereading.end(begun);
      var _ = begun.ended().whenComplete((_, failure) -> ended(failure));
    }

    @Override
    public void accept(Reply reply) {
      Watch begun;
      synchronized (ResponseStream.this) {
        if (full || take(reply)) return;
        full = true;
        begun = watch;
      }
      if (begun != null) rereading.end(begun);
      writer.onceDrained(ResponseStream.this::readAgain);
    }

    private void ended(@Nullable Throwable failure) {
      synchronized (ResponseStream.this) {
        if (full || again != this) return;
      }
      if (failure == null) delivered.complete(null);
      else delivered.completeExceptionally(failure);
    }
  }

  private byte[] framed(byte[] event) {
    return streamId == null ? event : withStreamId(event, streamId);
  }

  /** Events are relayed unparsed: the field goes in front of all others. */
  static byte[] withStreamId(byte[] event, String streamId) {
    int at = 0;
    while (event[at] != '{') at++;
    var out = new ByteArrayOutputStream(event.length + streamId.length() + 20);
    out.write(event, 0, at + 1);
    // The id's alphabet needs no escaping.
    out.writeBytes(("\"stream_id\":\"" + streamId + "\",").getBytes(UTF_8));
    out.write(event, at + 1, event.length - at - 1);
    return out.toByteArray();
  }
}
