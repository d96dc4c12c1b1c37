package dev.sluice.api.socket;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.api.replies.ReplyListener;
import dev.sluice.common.topic.Reply;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of one response on one socket. A fast worker may answer before Kafka has acknowledged
 * the request; its events wait until {@code response.queued} has gone out. Thread-safe.
 */
final class ResponseStream implements ReplyListener {
  private final SocketWriter writer;
  private final @Nullable String streamId;

  // Guarded by this.
  private final List<Reply> early = new ArrayList<>();
  private boolean queued;

  /**
   * @param streamId echoed in every event, where the client named one
   */
  ResponseStream(SocketWriter writer, @Nullable String streamId) {
    this.writer = writer;
    this.streamId = streamId;
  }

  synchronized void queued(byte[] event) {
    write(event);
    resumed();
  }

  /** The client knows that the response is queued, or is told by the events themselves. */
  synchronized void resumed() {
    queued = true;
    early.forEach(this::forward);
    early.clear();
  }

  @Override
  public synchronized void accept(Reply reply) {
    if (queued) forward(reply);
    else early.add(reply);
  }

  /** Before the response is known to be queued, a place in the queue means nothing. */
  @Override
  public synchronized void aside(byte[] frame) {
    if (queued) write(frame);
  }

  private void forward(Reply reply) {
    write(reply.event());
  }

  private void write(byte[] event) {
    writer.send(streamId == null ? event : withStreamId(event, streamId));
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
