package dev.sluice.api.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.api.replies.Visitor;
import dev.sluice.common.topic.Reply;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the answer to a question that is asked twice, as that of the second response: under its id,
 * so that this one can be followed, resumed and kept like any other. The visit's thread calls it;
 * {@link #leave} is for any.
 */
final class Follower implements Visitor {
  // A worker's fencing tokens are times; should this response get a call of its own, that is newer.
  static final long FENCE = 1;

  private final String id;
  private final IdSwap swap;
  private final Consumer<Reply> relay;
  private final Runnable onAbsent;
  private volatile boolean left;
  private volatile @Nullable Runnable visit; // ends it

  /**
   * @param relay takes the leader's events as those of {@code id}
   * @param onAbsent nothing of the leader is there to be read; must not block
   */
  Follower(String id, String leaderId, Consumer<Reply> relay, Runnable onAbsent) {
    this.id = id;
    this.swap = new IdSwap(leaderId, id);
    this.relay = relay;
    this.onAbsent = onAbsent;
  }

  /** Says how the visit ends before the leader does. */
  void at(Runnable leave) {
    visit = leave;
    if (left) leave.run();
  }

  @Override
  public void accept(Reply reply) {
    if (left || reply.sequence() == QueuedEvent.SEQUENCE) return;
    relay.accept(new Reply(id, reply.sequence(), FENCE, reply.terminal(), swap.in(reply.event())));
  }

  @Override
  public void caughtUp(boolean found) {
    if (!found) lose();
  }

  @Override
  public void atEnd() {
    left = true;
  }

  @Override
  public void lost(Loss loss) {
    lose();
  }

  private void lose() {
    if (left) return;
    leave();
    onAbsent.run();
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
  static boolean isAnswered(byte[] end) {
    return Outcome.of(end) == Outcome.ANSWERED;
  }
}
