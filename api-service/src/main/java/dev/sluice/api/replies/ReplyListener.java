package dev.sluice.api.replies;

import dev.sluice.common.topic.Reply;

/** Takes the events of one response, in order and each once. Must not block. */
@FunctionalInterface
public interface ReplyListener {
  void accept(Reply reply);

  /** Something about the response that is none of its events, as JSON, UTF-8. */
  default void aside(byte[] frame) {}
}
