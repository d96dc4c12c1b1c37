package dev.sluice.api.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.topic.Reply;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answers that are kept, and those that are being made, by the fingerprint of their {@link
 * Question}: an answer under {@link #answerKey}; while it is being made, who makes it under {@link
 * #flightKey}. Thread-safe; nothing blocks.
 */
public final class AnswerCache {
  private static final Logger log = LoggerFactory.getLogger(AnswerCache.class);
  // Longer than any request runs, and than its answer is worth keeping
  private static final Duration FORGOTTEN_FOR = Duration.ofHours(24);
  private static final byte[] FORGOTTEN = {};

  private final CacheProperties properties;
  private final StatefulRedisConnection<String, byte[]> redis;
  private final byte[] deleteOwn;

  AnswerCache(
      CacheProperties properties,
      StatefulRedisConnection<String, byte[]> redis,
      String deleteOwnScript) {
    this.properties = properties;
    this.redis = redis;
    this.deleteOwn = deleteOwnScript.getBytes(UTF_8);
  }

  public static String answerKey(String fingerprint) {
    return "sluice:answer:{%s}".formatted(fingerprint);
  }

  public static String flightKey(String fingerprint) {
    return "sluice:flight:{%s}".formatted(fingerprint);
  }

  /** Under which fingerprint the answer of a response is kept. */
  private static String sourceKey(String responseId) {
    return "sluice:answer-of:{%s}".formatted(responseId);
  }

  /** The answer that was found under {@link #answerKey}; empty if it cannot be read. */
  public Optional<Answer> read(byte @Nullable [] stored) {
    return stored == null ? Optional.empty() : Answer.decode(stored);
  }

  /**
   * Hears the answer to a question as it is made, keeps it if it may, and says that it is made.
   *
   * @param leads whether others follow this response; else another says so
   */
  public Consumer<Reply> record(Question question, String responseId, BooleanSupplier leads) {
    return new AnswerRecorder(
        responseId,
        properties.maxBytes(),
        answer -> {
          // Compressing takes a while, and this is the thread of everybody's events
          if (leads.getAsBoolean())
            Thread.startVirtualThread(() -> ended(question, responseId, answer));
        });
  }

  /**
   * The answer of a response is not to be given again: neither what is kept of it, nor what may be
   * yet to come.
   *
   * @return completes when nobody is given it any more; fails as Redis does
   */
  public CompletableFuture<Void> forget(String responseId) {
    var commands = redis.async();
    var forgotten = SetArgs.Builder.px(FORGOTTEN_FOR);
    return commands
        .setGet(sourceKey(responseId), FORGOTTEN, forgotten)
        .thenCompose(print ->
            print == null || print.length == 0
                ? CompletableFuture.<@Nullable Void>completedFuture(null)
                : forget(responseId, answerKey(new String(print, UTF_8))))
        .toCompletableFuture();
  }

  private CompletionStage<@Nullable Void> forget(String responseId, String answerKey) {
    var commands = redis.async();
    return commands
        .get(answerKey)
        .thenCompose(stored -> {
          // Another may have answered the same question since
          boolean own = read(stored).filter(it -> it.responseId().equals(responseId)).isPresent();
          return own ? commands.del(answerKey) : CompletableFuture.completedFuture(0L);
        })
        .thenApply(_ -> null);
  }

  private void ended(Question question, String responseId, Optional<Answer> whole) {
    // After the answer is there: whoever asks in between finds one of the two. Another may lead by
    // now
    var _ =
        whole
            .filter(_ -> question.kept())
            .map(Answer::encode)
            .filter(bytes -> bytes.length <= properties.maxBytes())
            .map(bytes -> keep(question.fingerprint(), responseId, bytes))
            .orElse(CompletableFuture.completedFuture(false))
            .thenCompose(_ ->
                redis
                    .async()
                    .eval(
                        deleteOwn,
                        ScriptOutputType.INTEGER,
                        new String[] {flightKey(question.fingerprint())},
                        responseId.getBytes(UTF_8)));
  }

  /** Unless its owner has deleted the response meanwhile. */
  private CompletionStage<Boolean> keep(String fingerprint, String responseId, byte[] answer) {
    var commands = redis.async();
    var source = SetArgs.Builder.nx().px(properties.ttl());
    return commands
        .set(sourceKey(responseId), fingerprint.getBytes(UTF_8), source)
        .thenCompose(set ->
            set == null
                ? CompletableFuture.completedFuture(false)
                : commands
                    .set(answerKey(fingerprint), answer, SetArgs.Builder.px(properties.ttl()))
                    .thenApply(_ -> true))
        .exceptionally(AnswerCache::notKept);
  }

  private static boolean notKept(Throwable failure) {
    log.atWarn().addKeyValue("cause", failure.toString()).log("An answer could not be kept");
    return false;
  }
}
