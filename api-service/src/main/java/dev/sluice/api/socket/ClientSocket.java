package dev.sluice.api.socket;

import dev.sluice.common.error.ErrorBody;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One client's connection: its frames, whose turn it is, and what runs. Frames come one at a time;
 * ends of responses come from other threads and take the lock for the turns alone.
 */
final class ClientSocket {
  private static final Logger log = LoggerFactory.getLogger(ClientSocket.class);

  private static final Pattern STREAM_ID = Pattern.compile("[A-Za-z0-9_.-]{1,256}");
  private static final String IMPLICIT_STREAM = "";

  // Keeps numbers as they were written and refuses what JSON libraries disagree on.
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final Caller caller;
  private final Responder responder;
  private final SocketWriter writer;
  private final SocketProperties limits;
  private final ErrorBody errors;
  private final Set<String> streams = new HashSet<>(); // the frame thread's alone
  private final Set<String> running = ConcurrentHashMap.newKeySet();
  private final Turns<Runnable> turns; // guarded by itself
  private volatile @Nullable ErrorCode closedFor;

  ClientSocket(
      Caller caller,
      Responder responder,
      SocketWriter writer,
      SocketProperties limits,
      ErrorBody errors) {
    this.caller = caller;
    this.responder = responder;
    this.writer = writer;
    this.limits = limits;
    this.errors = errors;
    this.turns = new Turns<>(limits.maxInFlight(), limits.maxWaiting());
  }

  /**
   * The client is gone: what waits for its turn is dropped.
   *
   * @return ids of responses that have not ended
   */
  Set<String> close() {
    synchronized (turns) {
      turns.clear();
    }
    return Set.copyOf(running);
  }

  /** From now on every new response is refused with this; those that run go on. */
  void acceptNoMore(ErrorCode why) {
    closedFor = why;
  }

  /** Whether nothing runs and nothing waits for its turn. */
  boolean isIdle() {
    synchronized (turns) {
      return turns.isIdle();
    }
  }

  /** One frame; whatever is wrong with it is answered, nothing is thrown. */
  void frame(String text) {
    @Nullable String streamId = null;
    try {
      var frame = object(text);
      streamId = streamId(frame);
      switch (frame.path("type").asString("")) {
        case "response.create" -> create(frame, streamId);
        case "response.cancel" -> cancel(frame, streamId);
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

  private static ObjectNode object(String text) {
    try {
      if (JSON.readTree(text) instanceof ObjectNode object) return object;
    } catch (JacksonException notJson) {
      // Where it broke would help, but may quote the prompt.
    }
    throw new SluiceException(ErrorCode.INVALID_JSON);
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
    body.remove(java.util.List.of("type", "stream_id", "stream"));
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
      var admitted = responder.admit(caller, body);
      var id = admitted.request().id();
      var response =
          new ResponseStream(
              writer,
              streamId,
              () -> {
                running.remove(id);
                ended(stream);
              });
      running.add(id);
      responder
          .enqueue(admitted, response::reply)
          .whenComplete((_, failure) -> {
            if (failure == null) response.queued(QueuedEvent.of(admitted.request(), body));
            else {
              running.remove(id);
              refuse(refusal(failure), streamId);
              ended(stream);
            }
          });
    } catch (SluiceException refusal) {
      refuse(refusal, streamId);
      ended(stream);
    }
  }

  private void ended(String stream) {
    synchronized (turns) {
      turns.ended(stream);
    }
    nextTurns();
  }

  private void nextTurns() {
    java.util.List<Runnable> next;
    synchronized (turns) {
      next = turns.next();
    }
    next.forEach(Runnable::run);
  }

  private void cancel(ObjectNode frame, @Nullable String streamId) {
    if (!frame.path("response_id").isString())
      throw new SluiceException(
          ErrorCode.MISSING_REQUIRED_PARAMETER, "response_id is required.", "response_id");
    var _ =
        responder
            .cancel(caller, frame.path("response_id").asString())
            .whenComplete((_, failure) -> {
              if (failure != null) refuse(refusal(failure), streamId);
            });
  }

  private static SluiceException refusal(Throwable failure) {
    var cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
    return cause instanceof SluiceException refusal
        ? refusal
        : new SluiceException(ErrorCode.SERVER_ERROR);
  }
}
