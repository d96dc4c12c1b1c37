package dev.sluice.worker.model;

import dev.sluice.common.message.TokenUsage;

/** How one attempt ended. A value, whatever the provider did. */
public sealed interface CallOutcome {
  /**
   * The provider ended the response itself.
   *
   * @param terminal {@code response.completed} or {@code response.incomplete}, raw
   * @param model the model that answered, as the provider names it
   * @param serviceTier the tier it was served at; sets the price
   */
  record Answered(ProviderEvent terminal, TokenUsage usage, String model, String serviceTier)
      implements CallOutcome {}

  /**
   * No whole answer came.
   *
   * @param usage what it cost all the same, estimated where the provider did not say
   */
  record Failed(Failure failure, TokenUsage usage) implements CallOutcome {}

  /** We ended it: cancelled, out of time, or no longer ours. */
  record Stopped(TokenUsage usage) implements CallOutcome {}
}
