package dev.sluice.api.cache;

import dev.sluice.common.topic.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Collects the events of one response until it ends. Only a completed answer is worth keeping; a
 * long one is dropped on the way. Confined to one thread.
 */
final class AnswerRecorder implements Consumer<Reply> {
  private static final JsonMapper JSON = new JsonMapper();
  // Events are repetitive JSON: compressed they are a fraction of that
  private static final int COMPRESSES_BY = 8;

  private final String responseId;
  private final long maxBytes;
  private final Consumer<Optional<Answer>> onEnd;
  private final List<byte[]> events = new ArrayList<>();
  private long bytes;
  private boolean gap;

  /**
   * @param maxBytes of the compressed answer
   */
  AnswerRecorder(String responseId, int maxBytes, Consumer<Optional<Answer>> onEnd) {
    this.responseId = responseId;
    this.maxBytes = Math.min(CacheProperties.MOST_BYTES, (long) maxBytes * COMPRESSES_BY);
    this.onEnd = onEnd;
  }

  @Override
  public void accept(Reply reply) {
    bytes += reply.event().length;
    // From the first event on, or it could not be given again
    gap |= reply.sequence() != events.size() + 1;
    if (bytes > maxBytes || gap) events.clear();
    else events.add(reply.event());
    if (!reply.terminal()) return;
    boolean whole = bytes <= maxBytes && !gap && isCompleted(reply.event());
    onEnd.accept(
        whole ? Optional.of(new Answer(responseId, List.copyOf(events))) : Optional.empty());
  }

  private static boolean isCompleted(byte[] event) {
    try {
      return JSON.readTree(event).path("type").asString("").equals("response.completed");
    } catch (JacksonException unreadable) {
      return false;
    }
  }
}
