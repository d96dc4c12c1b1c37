package dev.sluice.api.spend;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Waits for Redis and Postgres while a client waits. Whatever goes wrong, what may be spent is not
 * known, and that is what the client is told.
 */
final class Answers {
  static final Duration WITHIN = Duration.ofSeconds(3);

  private static final Logger log = LoggerFactory.getLogger(Answers.class);
  private static final String AGAIN_IN_SECONDS = "5";

  private Answers() {}

  /**
   * @throws SluiceException with {@link ErrorCode#SERVICE_UNAVAILABLE}
   */
  static <T extends @Nullable Object> T await(CompletableFuture<T> answer) {
    try {
      return answer.get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException away) {
      throw unavailable();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw unavailable();
    }
  }

  /** The same where nobody has to be told. */
  static <T> @Nullable T orNull(CompletableFuture<@Nullable T> answer) {
    try {
      return await(answer);
    } catch (SluiceException unavailable) {
      return null;
    }
  }

  /**
   * @throws SluiceException with {@link ErrorCode#SERVICE_UNAVAILABLE}
   */
  static <T> T ofPostgres(Callable<T> work) {
    try {
      return work.call();
    } catch (SluiceException told) {
      throw told;
    } catch (DataAccessException away) {
      log.atWarn()
          .addKeyValue("cause", away.toString())
          .log("Postgres does not answer; requests whose caps Redis does not know are refused");
      throw unavailable();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw unavailable();
    } catch (Exception failed) { // of whoever did it for us
      throw unavailable();
    }
  }

  static SluiceException unavailable() {
    return new SluiceException(
        ErrorCode.SERVICE_UNAVAILABLE,
        "What may still be spent cannot be told now; nothing was accepted. Try again.",
        Map.of("retry-after", AGAIN_IN_SECONDS));
  }
}
