package dev.sluice.api.socket;

import dev.sluice.api.admission.Wishes;
import dev.sluice.api.replies.ReplyListener;
import dev.sluice.api.responses.PreparedRequest;
import dev.sluice.api.responses.RequestJson;
import dev.sluice.api.responses.Responder;
import dev.sluice.api.responses.StartingAfter;
import dev.sluice.api.responses.Watch;
import dev.sluice.common.error.ErrorBody;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import io.opentelemetry.context.Context;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One client's connection: its frames, whose turn it is, and what runs. Frames come one at a time;
 * ends of responses come from other threads and take the lock for the turns alone.
 */
final class ClientSocket {
  private static final Logger log = LoggerFactory.getLogger(ClientSocket.class);

  private static final Pattern STREAM_ID = Pattern.compile("[A-Za-z0-9_.-]{1,256}");
  private static final String IMPLICIT_STREAM = "";

  private final Client client;
  private final Responder responder;
  private final SocketWriter writer;
  private final SocketProperties limits;
  private final ErrorBody errors;
  private final Set<String> streams = new HashSet<>(); // the frame thread's alone
  private final Set<Watch> running = ConcurrentHashMap.newKeySet();
  private final Turns<Runnable> turns; // guarded by itself, as is the next
  private boolean closed;
  private volatile @Nullable ErrorCode closedFor;

  /**
   * Who opened the socket.
   *
   * @param trace what it was doing then; empty where it has not told
   */
  record Client(Caller caller, Context trace) {}

  ClientSocket(
      Client client,
      Responder responder,
      SocketWriter writer,
      SocketProperties limits,
      ErrorBody errors) {
    this.client = client;
    this.responder = responder;
    this.writer = writer;
    this.limits = limits;
    this.errors = errors;
    this.turns = new Turns<>(limits.maxInFlight(), limits.maxWaiting());
  }

  /** The client is gone: what waits for its turn is dropped, what runs has the grace. */
  void close() {
    synchronized (turns) {
      closed = true;
      turns.clear();
    }
    running.forEach(watch -> watch.leave(limits.disconnectGrace()));
  }

  /** From now on every new response is refused with this; those that run go on. */
  void acceptNoMore(ErrorCode why) {
    closedFor = why;
  }

  /** Whether nothing runs and nothing waits for its turn. */
  boolean isIdle() {
    synchronized (turns) {
      return turns.isIdle() && running.isEmpty();
    }
  }

  /** One frame; whatever is wrong with it is answered, nothing is thrown. */
  void frame(String text) {
    @Nullable String streamId = null;
    try {
      var frame = RequestJson.request(text);
      streamId = streamId(frame);
      switch (frame.path("type").asString("")) {
        case "response.create" -> create(frame, streamId);
        case "response.cancel" -> cancel(frame, streamId);
        case "response.resume" -> resume(frame, streamId);
        default ->
            throw new SluiceException(
                ErrorCode.UNKNOWN_EVENT, ErrorCode.UNKNOWN_EVENT.sentence(), "type");
      }
    } catch (SluiceException refusal) {
      refuse(refusal, streamId);
    } catch (RuntimeException unforeseen) {
      log.atError().setCause(unforeseen).log("A frame failed in an unforeseen way");
      refuse(new SluiceException(ErrorCode.SERVER_ERROR), streamId);
    }
  }

  void refuse(SluiceException refusal, @Nullable String streamId) {
    writer.send(errors.frame(refusal, streamId));
  }

  private @Nullable String streamId(ObjectNode frame) {
    if (!frame.hasNonNull("stream_id")) return null;
    var id = frame.path("stream_id");
    if (!id.isString() || !STREAM_ID.matcher(id.asString()).matches())
      throw new SluiceException(
          ErrorCode.INVALID_VALUE,
          "stream_id must be 1 to 256 letters, digits, underscores, dots or hyphens.",
          "stream_id");
    return id.asString();
  }

  private void create(ObjectNode body, @Nullable String streamId) {
    var stream = streamId == null ? IMPLICIT_STREAM : streamId;
    if (!streams.contains(stream) && streams.size() >= limits.maxStreams())
      throw new SluiceException(
          ErrorCode.WEBSOCKET_STREAM_LIMIT_REACHED,
          ErrorCode.WEBSOCKET_STREAM_LIMIT_REACHED.sentence(),
          "stream_id");
    streams.add(stream);
    // What belongs to the socket is no part of the request.
    body.remove(List.of("type", "stream_id", "stream"));
    synchronized (turns) {
      if (!turns.offer(stream, () -> begin(body, stream, streamId)))
        throw new SluiceException(ErrorCode.TOO_MANY_RESPONSES);
    }
    nextTurns();
  }

  private void begin(ObjectNode body, String stream, @Nullable String streamId) {
    try {
      var why = closedFor;
      if (why != null) throw new SluiceException(why);
      var prepared = prepare(body);
      var response = stream(prepared.id(), streamId, StartingAfter.QUEUED);
      var watch = responder.begin(prepared, response);
      watching(watch);
      // A fast worker may be done before the client knows that the request is queued.
      var _ =
          watch
              .accepted()
              .thenRun(() -> response.queued(prepared.queued()))
              .thenCompose(_ -> watch.ended())
              .thenCompose(_ -> response.delivered())
              .whenComplete((_, failure) -> {
                forget(watch);
                if (failure != null) refuse(Responder.refusal(failure), streamId);
                ended(stream);
              });
    } catch (SluiceException refusal) {
      refuse(refusal, streamId);
      ended(stream);
    } catch (RuntimeException unforeseen) {
      log.atError().setCause(unforeseen).log("A request failed in an unforeseen way");
      refuse(new SluiceException(ErrorCode.SERVER_ERROR), streamId);
      ended(stream);
    }
  }

  private PreparedRequest prepare(ObjectNode body) {
    try (var _ = client.trace().makeCurrent()) {
      return responder.prepare(client.caller(), body, Wishes.takeFrom(body));
    }
  }

  private void ended(String stream) {
    synchronized (turns) {
      turns.ended(stream);
    }
    nextTurns();
  }

  /** Admission waits for Redis; whoever tells of an end must not wait with it. */
  private void nextTurns() {
    List<Runnable> next;
    synchronized (turns) {
      next = turns.next();
    }
    next.forEach(Thread::startVirtualThread);
  }

  private void cancel(ObjectNode frame, @Nullable String streamId) {
    var _ =
        responder
            .cancel(client.caller(), responseId(frame))
            .whenComplete((_, failure) -> {
              if (failure != null) refuse(Responder.refusal(failure), streamId);
            });
  }

  /** It runs already, so it takes no turn; its place among what this client watches it does. */
  private void resume(ObjectNode frame, @Nullable String streamId) {
    var after = StartingAfter.of(frame.path("starting_after"));
    if (running.size() >= limits.maxInFlight())
      throw new SluiceException(ErrorCode.TOO_MANY_RESPONSES);
    var responseId = responseId(frame);
    var response = stream(responseId, streamId, after);
    var watch = responder.resume(client.caller(), responseId, after, response);
    watching(watch);
    response.resumed();
    var _ =
        watch
            .ended()
            .thenCompose(_ -> response.delivered())
            .whenComplete((_, failure) -> {
              forget(watch);
              if (failure != null) refuse(Responder.refusal(failure), streamId);
            });
  }

  private ResponseStream stream(String responseId, @Nullable String streamId, StartingAfter after) {
    var rereading =
        new ResponseStream.Rereading() {
          @Override
          public Watch begin(long behind, ReplyListener listener) {
            var watch =
                responder.resume(client.caller(), responseId, new StartingAfter(behind), listener);
            watching(watch);
            var _ = watch.ended().whenComplete((_, _) -> forget(watch));
            return watch;
          }

          @Override
          public void end(Watch watch) {
            forget(watch);
            watch.leave();
          }
        };
    return new ResponseStream(writer, streamId, after.sequence(), rereading);
  }

  private void watching(Watch watch) {
    boolean gone;
    synchronized (turns) {
      running.add(watch);
      gone = closed;
    }
    if (gone) watch.leave(limits.disconnectGrace());
  }

  private void forget(Watch watch) {
    running.remove(watch);
  }

  private static String responseId(ObjectNode frame) {
    if (!frame.path("response_id").isString())
      throw new SluiceException(
          ErrorCode.MISSING_REQUIRED_PARAMETER, "response_id is required.", "response_id");
    return frame.path("response_id").asString();
  }
}
