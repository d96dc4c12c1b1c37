package dev.sluice.api.admission;

import dev.sluice.common.id.ResponseId;
import dev.sluice.common.message.RequestEnvelope;

/** The response that is being made to a question that others ask as well, and where to read it. */
public record Leader(ResponseId id) {
  static Leader of(RequestEnvelope request) {
    return new Leader(
        new ResponseId(request.id(), request.replyPartition(), request.replyOffset()));
  }

  String encode() {
    return "%s %d %d".formatted(id.value(), id.homePartition(), id.offsetBound());
  }

  /**
   * @throws IllegalArgumentException if {@link #encode} did not write it
   */
  static Leader decode(String text) {
    var parts = text.split(" ", -1);
    if (parts.length != 3) throw new IllegalArgumentException("not a leader: " + text);
    return new Leader(
        new ResponseId(parts[0], Integer.parseInt(parts[1]), Long.parseLong(parts[2])));
  }
}
