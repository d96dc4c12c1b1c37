package dev.sluice.api.responses;

import dev.sluice.api.replies.ReplyListener;
import dev.sluice.common.topic.Reply;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hands the events of one response to its client, and to whoever else has to know of them. */
final class Heard implements ReplyListener {
  private final ReplyListener response;
  private final @Nullable Consumer<Reply> recorder;
  private final Runnable onFirst;
  private final Runnable onEnd;
  private boolean begun;

  /**
   * @param recorder keeps the answer for others; null if nobody may share it
   * @param onFirst the response has begun, and waits no longer
   * @param onEnd its call has ended, for everybody
   */
  Heard(
      ReplyListener response,
      @Nullable Consumer<Reply> recorder,
      Runnable onFirst,
      Runnable onEnd) {
    this.response = response;
    this.recorder = recorder;
    this.onFirst = onFirst;
    this.onEnd = onEnd;
  }

  @Override
  public void accept(Reply reply) {
    if (!begun) {
      begun = true;
      onFirst.run();
    }
    // Where it ends for its own client alone, the answer to be kept is still to come
    if (recorder != null && !reply.isForOwnClient()) recorder.accept(reply);
    response.accept(reply);
    if (reply.terminal() && !reply.isForOwnClient()) onEnd.run();
  }
}
