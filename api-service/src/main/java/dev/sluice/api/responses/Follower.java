package dev.sluice.api.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.api.replies.Visitor;
import dev.sluice.common.topic.Reply;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the answer to a question that is asked twice, and publishes it again as that of the second
 * response, so that this one can be followed, resumed and kept like any other. The visit's thread
 * calls it; {@link #leave} is for any.
 */
final class Follower implements Visitor {
  private static final JsonMapper JSON = new JsonMapper();
  // A worker's fencing tokens are times; should this response get a call of its own, that is newer.
  static final long FENCE = 1;

  private final String id;
  private final IdSwap swap;
  private final Consumer<Reply> publish;
  private final Consumer<Boolean> onLeaderLost;
  private volatile boolean left;
  private volatile @Nullable Runnable visit; // ends it
  private boolean answering;

  /**
   * @param onLeaderLost the leader has failed before it answered anything, or (true) nothing of it
   *     is there to be read; must not block
   */
  Follower(String id, String leaderId, Consumer<Reply> publish, Consumer<Boolean> onLeaderLost) {
    this.id = id;
    this.swap = new IdSwap(leaderId, id);
    this.publish = publish;
    this.onLeaderLost = onLeaderLost;
  }

  /** Says how the visit ends before the leader does. */
  void at(Runnable leave) {
    visit = leave;
    if (left) leave.run();
  }

  @Override
  public void accept(Reply reply) {
    if (left || reply.sequence() == QueuedEvent.SEQUENCE) return;
    if (reply.terminal() && !answering && !isAnswered(reply.event())) {
      lose(false);
      return;
    }
    answering |= isPartOfAnswer(reply.event());
    publish.accept(
        new Reply(id, reply.sequence(), FENCE, reply.terminal(), swap.in(reply.event())));
  }

  @Override
  public void caughtUp(boolean found) {
    if (!found) lose(true);
  }

  @Override
  public void atEnd() {
    left = true;
  }

  @Override
  public void lost(Loss loss) {
    lose(true);
  }

  private void lose(boolean absent) {
    if (left) return;
    leave();
    onLeaderLost.accept(absent);
  }

  void leave() {
    left = true;
    var begun = visit;
    if (begun != null) begun.run();
  }

  /** Whether something of the answer itself has been handed on, after which none begins again. */
  static boolean isPartOfAnswer(byte[] event) {
    var head = new String(event, 0, Math.min(event.length, 64), UTF_8);
    return !head.contains("response.created") && !head.contains("response.in_progress");
  }

  /** A failure, or a cancel by the leader's own client, is no answer to anybody else. */
  private static boolean isAnswered(byte[] end) {
    try {
      var event = JSON.readTree(end);
      return switch (event.path("type").asString("")) {
        case "response.completed" -> true;
        case "response.incomplete" ->
            !event
                .path("response")
                .path("incomplete_details")
                .path("reason")
                .asString("")
                .equals("cancelled");
        default -> false;
      };
    } catch (JacksonException unreadable) {
      return false;
    }
  }
}
