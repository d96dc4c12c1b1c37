package dev.sluice.api.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.api.replies.Redrives;
import dev.sluice.api.replies.Visits;
import dev.sluice.api.responses.ResponseStore.Stored;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import dev.sluice.common.id.ResponseId;
import dev.sluice.common.id.ResponseIds;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What has become of a caller's responses: from the store, and for as long as the reply log keeps
 * their events, from there. Methods block for a round trip to Redis, or for as long as it takes to
 * read the log. Thread-safe.
 */
final class History {
  private static final String PREVIOUS = "previous_response_id";
  private static final Stored NOTHING = new Stored(null, null, false);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ResponseIds ids;
  private final Visits visits;
  private final Redrives redrives;
  private final ResponseStore store;

  History(ResponseIds ids, Visits visits, Redrives redrives, ResponseStore store) {
    this.ids = ids;
    this.visits = visits;
    this.redrives = redrives;
    this.store = store;
  }

  /**
   * @throws SluiceException with {@link ErrorCode#RESPONSE_NOT_FOUND} if the id is not one of this
   *     caller's
   */
  ResponseId own(Caller caller, String responseId) {
    return ids.verify(responseId, caller.user()).orElseThrow(History::unknown);
  }

  /** The same, and its owner has not deleted it. */
  ResponseId ownAndKept(Caller caller, String responseId) {
    var id = own(caller, responseId);
    if (stored(id).orElse(NOTHING).deleted()) throw unknown();
    return id;
  }

  /**
   * @throws SluiceException with {@link ErrorCode#RESPONSE_NOT_FOUND} if nothing is known of it, or
   *     nothing was to be kept
   */
  Retrieved retrieve(ResponseId id) {
    var stored = stored(id).orElse(NOTHING);
    if (stored.deleted()) throw unknown();
    if (stored.response() != null) return latest(id, stored.response());
    var looking = look(id);
    if (looking.isUnstored()) throw unknown();
    return looking.seen().orElseThrow(History::unknown);
  }

  /** Whether anything was heard of the response, be it that it was deleted. */
  boolean isKnown(ResponseId id) {
    return stored(id).isPresent() || look(id).seen().isPresent();
  }

  /** How the response ends; what is known of it after {@code patience} if it does not by then. */
  Retrieved awaitEnd(ResponseId id, Duration patience) {
    return look(id, Looking::hasEnded, patience).seen().orElseThrow(History::unknown);
  }

  /**
   * How far a response has got, by its events.
   *
   * @throws SluiceException with {@link ErrorCode#SERVICE_UNAVAILABLE} if they cannot be read
   */
  Looking look(ResponseId id) {
    return look(id, Looking::isCaughtUp, PATIENCE);
  }

  /** How a response ended, if that is stored: its events may be gone. */
  Optional<byte[]> end(ResponseId id) {
    return stored(id).flatMap(stored -> Optional.ofNullable(stored.response()));
  }

  void delete(ResponseId id) {
    store.delete(id.value());
  }

  /**
   * Puts the conversation that {@code body} continues in front of its input.
   *
   * @return the response that it continues, if it names one
   */
  @Nullable String unfold(Caller caller, ObjectNode body) {
    var previous = body.remove(PREVIOUS);
    if (previous == null || previous.isNull()) return null;
    if (!previous.isString())
      throw new SluiceException(ErrorCode.INVALID_TYPE, PREVIOUS + " must be a string.", PREVIOUS);
    var conversation = conversation(caller, previous.asString());
    var input = body.path("input");
    // An input that is missing or wrong is left for admission to refuse.
    if (input.isString() && !input.asString().isBlank() || input.isArray() && !input.isEmpty())
      body.set("input", conversation.addAll(items(input)));
    return previous.asString();
  }

  /** The input of a request as a list of items. */
  static ArrayNode items(JsonNode input) {
    if (input instanceof ArrayNode items) return items;
    var items = JsonNodeFactory.instance.arrayNode();
    if (input.isString()) items.addObject().put("role", "user").put("content", input.asString());
    return items;
  }

  private ArrayNode conversation(Caller caller, String previous) {
    var id =
        ids.verify(previous, caller.user())
            .orElseThrow(() -> notContinuable(ErrorCode.PREVIOUS_RESPONSE_NOT_FOUND.sentence()));
    var stored =
        store
            .find(id.value())
            .filter(it -> !it.deleted() && it.input() != null)
            .orElseThrow(() -> notContinuable(ErrorCode.PREVIOUS_RESPONSE_NOT_FOUND.sentence()));
    var response = RequestJson.object(endOf(id, stored));
    if (isFailed(response))
      throw notContinuable("The previous response failed. Continue from the one before it.");
    var items = RequestJson.object(wrapped(stored)).path("input");
    return ((ArrayNode) items).addAll(items(response.path("output")));
  }

  /**
   * When a failed response is redriven, whoever would keep its end has stopped listening. So its
   * events tell, and an answer that they tell of is kept from now on.
   */
  private Retrieved latest(ResponseId id, byte[] end) {
    var stored = new Retrieved(true, end);
    if (!redrives.isRedriven(id.value()) || !isFailed(RequestJson.object(end))) return stored;
    try {
      var looking = look(id);
      var seen = looking.seen().orElse(stored);
      if (seen.ended() && !isFailed(RequestJson.object(seen.response())))
        looking.end().ifPresent(event -> store.keepEnd(id.value(), event));
      return seen;
    } catch (SluiceException unreadable) {
      return stored;
    }
  }

  private static boolean isFailed(JsonNode response) {
    return response.path("status").asString("").equals("failed");
  }

  private byte[] endOf(ResponseId id, Stored stored) {
    var kept = stored.response();
    // The instance that would have kept it may have died; its events tell.
    var known = kept == null ? look(id).seen() : Optional.of(latest(id, kept));
    return known
        .filter(Retrieved::ended)
        .map(Retrieved::response)
        .orElseThrow(() ->
            notContinuable("The previous response has not ended. Wait for its end, then go on."));
  }

  private static String wrapped(Stored stored) {
    return "{\"input\":"
        + new String(stored.input() == null ? new byte[0] : stored.input(), UTF_8)
        + "}";
  }

  /** Whoever comes back must not be turned away because Redis is. */
  private Optional<Stored> stored(ResponseId id) {
    try {
      return store.find(id.value());
    } catch (SluiceException unavailable) {
      return Optional.empty();
    }
  }

  private Looking look(
      ResponseId id, Function<Looking, CompletableFuture<Void>> until, Duration patience) {
    var looking = new Looking();
    var endVisit = visits.visit(id, -1, looking);
    try {
      until.apply(looking).get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException notYet) {
      if (!looking.isCaughtUp().isDone())
        throw new SluiceException(ErrorCode.SERVICE_UNAVAILABLE, "It takes too long. Try again.");
    } catch (ExecutionException failed) {
      throw new SluiceException(
          ErrorCode.SERVICE_UNAVAILABLE, "The response cannot be read now. Try again.", failed);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new SluiceException(ErrorCode.SERVICE_UNAVAILABLE);
    } finally {
      endVisit.run();
    }
    return looking;
  }

  static SluiceException unknown() {
    return new SluiceException(
        ErrorCode.RESPONSE_NOT_FOUND, ErrorCode.RESPONSE_NOT_FOUND.sentence(), "response_id");
  }

  private static SluiceException notContinuable(String why) {
    return new SluiceException(ErrorCode.PREVIOUS_RESPONSE_NOT_FOUND, why, PREVIOUS);
  }
}
