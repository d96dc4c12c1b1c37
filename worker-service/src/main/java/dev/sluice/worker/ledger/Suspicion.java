package dev.sluice.worker.ledger;

import dev.sluice.common.message.TokenUsage;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/** Why token counts cannot be believed. They are kept as they were told, and looked at. */
enum Suspicion {
  NEGATIVE_COUNT,
  COUNT_ABOVE_10M,
  CACHED_ABOVE_INPUT,
  REASONING_ABOVE_OUTPUT,
  /** The provider ended the answer itself, and did not say what it used. */
  COUNT_NOT_TOLD;

  private static final long MOST = 10_000_000;
  private static final Set<String> ENDED_BY_PROVIDER = Set.of("completed", "incomplete");

  /** As in SQL and as a tag. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether an estimate stands in for the counts, so that there is something to price. */
  boolean isPriced() {
    return this == COUNT_NOT_TOLD;
  }

  static Optional<Suspicion> of(TokenUsage usage, String outcome) {
    if (counts(usage).anyMatch(count -> count < 0)) return Optional.of(NEGATIVE_COUNT);
    if (counts(usage).anyMatch(count -> count > MOST)) return Optional.of(COUNT_ABOVE_10M);
    if (usage.cachedInput() + usage.cacheWrite() > usage.input())
      return Optional.of(CACHED_ABOVE_INPUT);
    if (usage.reasoning() > usage.output()) return Optional.of(REASONING_ABOVE_OUTPUT);
    if (usage.estimated() && ENDED_BY_PROVIDER.contains(outcome))
      return Optional.of(COUNT_NOT_TOLD);
    return Optional.empty();
  }

  private static LongStream counts(TokenUsage usage) {
    return LongStream.of(
        usage.input(),
        usage.cachedInput(),
        usage.cacheWrite(),
        usage.output(),
        usage.reasoning(),
        usage.inputAudio(),
        usage.outputAudio());
  }
}
