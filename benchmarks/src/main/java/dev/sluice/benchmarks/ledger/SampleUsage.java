package dev.sluice.benchmarks.ledger;

import dev.sluice.common.message.AttemptOpened;
import dev.sluice.common.message.AttemptSettled;
import dev.sluice.common.message.TokenUsage;
import dev.sluice.common.topic.Priority;
import java.time.Instant;
import java.util.Map;

/**
 * What one attempt used, the same for every subject.
 *
 * @param number of the attempt; everything else follows from it
 * @param openedAt when its call was made
 */
record SampleUsage(String run, int number, Instant openedAt) {
  static final String MODEL = "gpt-4o-mini-2024-07-18";

  private static final int USERS = 1_000;
  private static final int TEAMS = 20;
  private static final int PROJECTS = 50;

  /** As long as a response id. */
  String requestId() {
    return "resp_%s_%045d".formatted(run, number);
  }

  String userId() {
    return "user" + number % USERS;
  }

  String team() {
    return "team" + number % USERS % TEAMS;
  }

  String project() {
    return "project" + number % USERS % PROJECTS;
  }

  long inputTokens() {
    return 200 + number * 31L % 3_000;
  }

  long outputTokens() {
    return 50 + number * 17L % 700;
  }

  AttemptOpened opened() {
    return new AttemptOpened(
        requestId(),
        1,
        userId(),
        team(),
        Map.of("project", project()),
        "gpt-4o-mini",
        inputTokens(),
        openedAt,
        Priority.INTERACTIVE,
        openedAt.plusSeconds(600),
        Map.of());
  }

  AttemptSettled settled() {
    return new AttemptSettled(
        requestId(),
        1,
        userId(),
        team(),
        Map.of("project", project()),
        MODEL,
        "default",
        new TokenUsage(inputTokens(), 0, 0, outputTokens(), 0, false),
        "completed",
        null,
        openedAt,
        openedAt.plusSeconds(2),
        Priority.INTERACTIVE,
        null,
        Map.of());
  }
}
