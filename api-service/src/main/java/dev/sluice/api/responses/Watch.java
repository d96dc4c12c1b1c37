package dev.sluice.api.responses;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A client that takes the events of one response. Thread-safe; nothing blocks. */
public interface Watch {
  String responseId();

  /**
   * Completes when the response is known to exist: its request is queued, or something of it was
   * found. Fails with a {@link dev.sluice.common.error.SluiceException} if it does not. Events may
   * be handed on before this completes.
   */
  CompletableFuture<Void> accepted();

  /**
   * Completes when the response has ended and its last event was handed on, or was known to the
   * client. Fails if the events that follow cannot be read; the client may come back.
   */
  CompletableFuture<Void> ended();

  /** The client is gone, and the response goes on without it. */
  void leave();

  /**
   * The client is gone. The response is cancelled after {@code grace} unless it has ended, or
   * somebody watches it then.
   */
  void leave(Duration grace);
}
