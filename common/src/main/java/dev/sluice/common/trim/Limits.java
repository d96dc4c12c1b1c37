package dev.sluice.common.trim;

import dev.sluice.common.token.Size;
import dev.sluice.common.token.TokenCounter;

/**
 * How long a conversation may be.
 *
 * @param most input tokens; more is refused
 * @param wanted input tokens, no more than {@code most}; older turns go until this is reached
 * @param charge tokens charged for the input; likewise wanted, not enforced
 * @param step tokens; what goes is a multiple of it, as near as whole turns allow, so that the
 *     conversation begins alike for some turns and the provider's prompt cache knows it
 * @param bytes of the body as JSON, UTF-8; more is refused
 * @param wantedBytes no more than {@code bytes}; older turns go until this is reached
 */
record Limits(long most, long wanted, long charge, long step, long bytes, long wantedBytes) {
  static final long NONE = Long.MAX_VALUE;

  /** Of any size. */
  Limits(long most, long wanted, long charge, long step) {
    this(most, wanted, charge, step, NONE, NONE);
  }

  Limits {
    most = Math.max(0, most);
    wanted = Math.clamp(wanted, 0, most);
    step = Math.max(1, step);
  }

  boolean areReachedBy(Size size) {
    return size.tokens() <= wanted && TokenCounter.inputCharge(size) <= charge;
  }
}
