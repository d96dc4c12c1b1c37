package dev.sluice.benchmarks.latency;

import java.util.concurrent.CompletableFuture;

/** Waits for the first piece of one answer and for its end. Not thread-safe. */
final class FirstToken {
  private static final String DELTA = "\"type\":\"response.output_text.delta\"";
  private static final String COMPLETED = "\"type\":\"response.completed\"";
  private static final String FAILED = "\"type\":\"response.failed\"";
  private static final String ERROR = "\"type\":\"error\"";

  private final CompletableFuture<Long> answered = new CompletableFuture<>();
  private final long askedAt = System.nanoTime();
  private long firstAfter = -1;

  /** One event as JSON, or any line that is none. */
  void event(CharSequence event) {
    var text = event.toString();
    if (firstAfter < 0 && text.contains(DELTA)) firstAfter = System.nanoTime() - askedAt;
    else if (text.contains(COMPLETED)) answered.complete(firstAfter);
    else if (text.contains(FAILED) || text.contains(ERROR))
      answered.completeExceptionally(new IllegalStateException(text));
  }

  /** ns from asking to the first piece; completes with the end of the answer. */
  CompletableFuture<Long> answered() {
    return answered;
  }
}
