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

  /** It does not. */
  sealed interface Refused extends Trimming {
    /** The refusal that the client gets. */
    SluiceException refusal();
  }

  /**
   * What must stay is too long already, or nothing may go.
   *
   * @param tokens of what must stay
   * @param limit input tokens that were allowed
   * @param mayDrop whether older turns were allowed to go
   */
  record TooLong(long tokens, long limit, boolean mayDrop) implements Refused {
    @Override
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

  /**
   * What must stay is too large to be queued, or nothing may go.
   *
   * @param bytes of what must stay
   * @param mayDrop whether older turns were allowed to go
   */
  record TooLarge(long bytes, long limit, boolean mayDrop) implements Refused {
    @Override
    public SluiceException refusal() {
      return new SluiceException(
          ErrorCode.REQUEST_TOO_LARGE,
          (mayDrop
                  ? "The newest message and what must stay with it have %,d bytes; %,d are allowed. Shorten them."
                  : "The conversation has %,d bytes; %,d are allowed. Shorten it, or set truncation to auto.")
              .formatted(bytes, limit),
          "input");
    }
  }
}
