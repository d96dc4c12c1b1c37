package dev.sluice.worker.ledger;

import dev.sluice.common.message.AnswerReused;
import dev.sluice.common.message.AttemptOpened;
import dev.sluice.common.message.AttemptSettled;
import dev.sluice.common.message.TokenUsage;
import dev.sluice.common.topic.Priority;
import java.time.Instant;
import java.util.Map;

/** Usage events as tests need them. */
final class LedgerEvents {
  static final String MODEL = "gpt-4o-mini-2024-07-18";
  static final Instant OPENED = TestingLedger.NOW.minusSeconds(60);

  private LedgerEvents() {}

  static AttemptOpened opened(String id, int attempt) {
    return new AttemptOpened(
        id,
        attempt,
        "user1",
        "red",
        Map.of("project", "apollo"),
        "gpt-4o-mini",
        1_000,
        OPENED,
        Priority.INTERACTIVE,
        OPENED.plusSeconds(600),
        Map.of());
  }

  static AttemptSettled settled(String id, int attempt, TokenUsage usage) {
    return settled(id, attempt, usage, MODEL, OPENED);
  }

  static AttemptSettled settled(
      String id, int attempt, TokenUsage usage, String model, Instant openedAt) {
    return new AttemptSettled(
        id,
        attempt,
        "user1",
        "red",
        Map.of("project", "apollo"),
        model,
        "default",
        usage,
        "completed",
        null,
        openedAt,
        openedAt.plusSeconds(2),
        Priority.INTERACTIVE,
        null,
        Map.of());
  }

  /** Of a conversation whose oldest turns were left out. */
  static AttemptSettled trimmed(String id, TokenUsage usage, long droppedTokens) {
    return new AttemptSettled(
        id,
        1,
        "user1",
        "red",
        Map.of("project", "apollo"),
        MODEL,
        "default",
        usage,
        "completed",
        null,
        OPENED,
        OPENED.plusSeconds(2),
        Priority.INTERACTIVE,
        droppedTokens,
        Map.of());
  }

  static AttemptSettled failed(String id, Instant openedAt) {
    return new AttemptSettled(
        id,
        1,
        "user1",
        "red",
        Map.of(),
        MODEL,
        "default",
        usage(5, 0),
        "failed",
        "server_error",
        openedAt,
        openedAt,
        Priority.BACKGROUND,
        null,
        Map.of());
  }

  static AttemptSettled lost(String id, int attempt, long input, long output) {
    return new AttemptSettled(
        id,
        attempt,
        "user1",
        "red",
        Map.of("project", "apollo"),
        "gpt-4o-mini",
        "default",
        TokenUsage.estimated(input, output),
        "lost",
        "worker_lost",
        OPENED.minusSeconds(30), // whoever takes over does not know
        OPENED.plusSeconds(20),
        Priority.INTERACTIVE,
        null,
        Map.of());
  }

  static AnswerReused reused(String id, AnswerReused.Source source, TokenUsage usage) {
    return reused(id, source, usage, OPENED);
  }

  static AnswerReused reused(String id, AnswerReused.Source source, TokenUsage usage, Instant at) {
    return new AnswerReused(
        id,
        "user2",
        "blue",
        Map.of(),
        MODEL,
        Priority.BACKGROUND,
        source,
        "resp_original",
        usage,
        at,
        Map.of());
  }

  static TokenUsage usage(long input, long output) {
    return new TokenUsage(input, 0, 0, output, 0, false);
  }
}
