package dev.sluice.api.replies;

import dev.sluice.common.topic.Reply;

/**
 * What has been heard of one response. Lets an event pass once and in order, and drops those of an
 * owner that has been replaced: its fencing token is older than the newest seen. Confined to the
 * thread that reads its partition.
 */
final class Following {
  private final ReplyListener listener;
  private long fence;
  private long last;
  private long lastUnder; // fence under which the last event was published

  /**
   * @param after sequence number of the last event that the listener knows
   */
  Following(ReplyListener listener, long after) {
    this.listener = listener;
    this.last = after;
  }

  /** Whether the response has ended with this event, be it that the listener knew it already. */
  boolean hear(Reply reply) {
    if (reply.isForOwnClient()) {
      // No owner of the call: whoever listens for others goes on to hear that one
      if (reply.sequence() > last) listener.accept(reply);
      return true;
    }
    if (reply.fence() < fence) return false;
    fence = reply.fence();
    if (reply.sequence() <= last && !isEndByNewOwner(reply)) {
      if (reply.sequence() == last && lastUnder == 0) lastUnder = fence;
      return reply.terminal();
    }
    last = reply.sequence();
    lastUnder = fence;
    listener.accept(reply);
    return reply.terminal();
  }

  /**
   * An owner that takes over before anything was answered counts from the start again. If all that
   * it says is the end, the end may carry a number that its predecessor has used.
   */
  private boolean isEndByNewOwner(Reply reply) {
    return reply.terminal() && lastUnder > 0 && fence > lastUnder;
  }
}
