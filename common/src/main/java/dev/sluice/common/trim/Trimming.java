package dev.sluice.common.trim;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.token.TokenCounter;
import tools.jackson.databind.node.ObjectNode;

/** What came of fitting a conversation to a limit. */
public sealed interface Trimming {
  /**
   * It fits.
   *
   * @param body to be sent; the one that was asked about, untouched, if nothing was dropped
   * @param count of {@code body}
   */
  record Fits(ObjectNode body, TokenCounter.Count count, Dropped dropped) implements Trimming {}

  /**
   * What must stay is too long already, or nothing may go.
   *
   * @param tokens of what must stay
   * @param limit input tokens that were allowed
   * @param mayDrop whether older turns were allowed to go
   */
  record TooLong(long tokens, long limit, boolean mayDrop) implements Trimming {
    /** The refusal that the client gets. */
    public SluiceException refusal() {
      return new SluiceException(
          ErrorCode.CONTEXT_LENGTH_EXCEEDED,
          (mayDrop
                  ? "The newest message and what must stay with it have %,d tokens; %,d are allowed. Shorten them or lower max_output_tokens."
                  : "The input has %,d tokens; %,d are allowed. Shorten it, lower max_output_tokens, or set truncation to auto.")
              .formatted(tokens, limit),
          "input");
    }
  }
}
