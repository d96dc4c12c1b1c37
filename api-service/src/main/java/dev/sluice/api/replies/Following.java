package dev.sluice.api.replies;

import dev.sluice.common.topic.Reply;

/**
 * What has been heard of one response. Lets an event pass once and in order, and drops those of an
 * owner that has been replaced: its fencing token is older than the newest seen. Confined to the
 * dispatcher's thread.
 */
final class Following {
  private final ReplyListener listener;
  private long fence;
  private long last;

  Following(ReplyListener listener) {
    this.listener = listener;
  }

  /** Whether the response has ended with this event. */
  boolean hear(Reply reply) {
    if (reply.fence() < fence) return false;
    fence = reply.fence();
    if (reply.sequence() <= last) return false;
    last = reply.sequence();
    listener.accept(reply);
    return reply.terminal();
  }
}
