package dev.sluice.api.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.api.cache.AnswerCache;
import dev.sluice.api.lanes.LaneLength;
import dev.sluice.api.lanes.LaneWatch;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.RetryAfter;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.LaneCounters;
import io.lettuce.core.Range;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What admission asks Redis: one round trip before it decides, one to make the decision known, and
 * one more where a request has an idempotency key and may lead others. Each command is atomic in
 * itself and on one key, so that a cluster serves them. Thread-safe; blocks for a round trip,
 * {@value #WITHIN_MS} ms at the most.
 */
final class AdmissionStore {
  private static final long WITHIN_MS = 2_000;
  private static final Duration AGAIN_IN = Duration.ofSeconds(2);
  private static final byte[] ABSENT = {};
  private static final LaneLength.Ticket UNKNOWN = new LaneLength.Ticket(0, 0);

  private final StatefulRedisConnection<String, byte[]> redis;
  private final byte[] replace;
  private final byte[] deleteOwn;

  AdmissionStore(
      StatefulRedisConnection<String, byte[]> redis, String replaceScript, String deleteOwnScript) {
    this.redis = redis;
    this.replace = replaceScript.getBytes(UTF_8);
    this.deleteOwn = deleteOwnScript.getBytes(UTF_8);
  }

  private static String bucketKey(String user) {
    return "sluice:user:{%s}:requests".formatted(user);
  }

  private static String queuedKey(String user) {
    return "sluice:user:{%s}:queued".formatted(user);
  }

  private static String idempotentKey(Concern concern) {
    return "sluice:user:{%s}:idempotent:%s".formatted(concern.user(), concern.idempotencyKey());
  }

  /**
   * What is known before the decision.
   *
   * @param bucket as {@link UserAllowance} encodes it; empty if there is none
   * @param before what an earlier request with the same idempotency key became
   * @param queued requests of the user that wait
   * @param answer a kept answer to the same question
   * @param leader the request that is being answered to the same question
   * @param lanes those it was asked of, and those that go before them
   */
  record Seen(
      byte[] bucket,
      @Nullable String before,
      long queued,
      byte @Nullable [] answer,
      @Nullable String leader,
      Map<Lane, LaneLength> lanes) {}

  /**
   * @param lanes in which the request may come to wait
   */
  Seen look(Concern concern, List<Lane> lanes, Instant now) {
    var commands = redis.async();
    return within(() -> {
      var bucket = commands.get(bucketKey(concern.user())).toCompletableFuture();
      var before =
          concern.idempotencyKey() == null
              ? nothing()
              : commands.get(idempotentKey(concern)).toCompletableFuture();
      var queued =
          commands
              .zcount(queuedKey(concern.user()), Range.create(now.toEpochMilli(), Double.MAX_VALUE))
              .toCompletableFuture();
      var print = concern.fingerprint();
      var answer = print == null ? nothing() : orMiss(commands.get(AnswerCache.answerKey(print)));
      var leader = print == null ? nothing() : orMiss(commands.get(AnswerCache.flightKey(print)));
      var lengths = LaneWatch.lengths(redis, lanes);
      return CompletableFuture.allOf(bucket, before, queued, answer, leader, lengths)
          .thenApply(_ ->
              new Seen(
                  bucket.join() == null ? ABSENT : bucket.join(),
                  text(before.join()),
                  queued.join(),
                  answer.join(),
                  text(leader.join()),
                  lengths.join()));
    });
  }

  /** What the cache cannot tell is not there. */
  private static CompletableFuture<byte @Nullable []> orMiss(CompletionStage<byte[]> asked) {
    return asked.<byte @Nullable []>handle((found, _) -> found).toCompletableFuture();
  }

  /**
   * What a decision came to, where others decide at the same time.
   *
   * @param bucket the user's bucket if another was faster; then nothing was taken from it
   * @param before what another request with the same idempotency key became
   * @param leader who else answers the same question
   * @param ticket the place in the lane; null if the request takes none
   */
  record Committed(
      byte @Nullable [] bucket,
      @Nullable String before,
      @Nullable String leader,
      LaneLength.@Nullable Ticket ticket) {}

  Committed commit(Decision decision, Instant now) {
    var commands = redis.async();
    var concern = decision.concern();
    return within(() -> {
      var bucket = bucketReplaced(decision);
      var before =
          concern.idempotencyKey() == null
              ? nothing()
              : commands
                  .setGet(
                      idempotentKey(concern),
                      bytes(decision.identity().encode()),
                      SetArgs.Builder.nx().px(decision.repeatable()))
                  .toCompletableFuture();
      // Who repeats a request must not lead anybody, so the key is claimed before the lead
      var leader =
          before.thenCompose(repeated -> repeated == null ? led(decision, now) : nothing());
      var ticket =
          decision.needsCall()
              ? ticket(decision, now)
              : CompletableFuture.<LaneLength.@Nullable Ticket>completedFuture(null);
      return CompletableFuture.allOf(bucket, before, leader, ticket)
          .thenApply(_ ->
              new Committed(
                  bucket.join(), text(before.join()), text(leader.join()), ticket.join()));
    });
  }

  /** Who leads those that ask the same; null if it is this request from now on, or nobody asks. */
  private CompletableFuture<byte @Nullable []> led(Decision decision, Instant now) {
    var print = decision.concern().fingerprint();
    if (print == null || !decision.needsCall()) return nothing();
    return redis
        .async()
        .setGet(
            AnswerCache.flightKey(print),
            bytes(decision.leader().encode()),
            SetArgs.Builder.nx().px(Duration.between(now, decision.request().deadline())))
        .<byte @Nullable []>thenApply(leader -> leader)
        .toCompletableFuture();
  }

  /** Takes the request from the user's limit; what is there now if another was faster. */
  byte @Nullable [] replaceBucket(Decision decision) {
    return within(() -> bucketReplaced(decision).thenApply(Optional::ofNullable)).orElse(null);
  }

  private CompletableFuture<byte @Nullable []> bucketReplaced(Decision decision) {
    var allowance = decision.allowance();
    return replaced(
        bucketKey(decision.concern().user()),
        allowance.stored(),
        allowance.encode(),
        allowance.keep().toMillis());
  }

  /** Null if it was replaced, else what is there. */
  private CompletableFuture<byte @Nullable []> replaced(
      String key, byte[] expected, byte[] next, long keepMillis) {
    return redis
        .async()
        .<List<Object>>eval(
            replace,
            ScriptOutputType.MULTI,
            new String[] {key},
            expected,
            next,
            bytes(Long.toString(keepMillis)))
        .<byte @Nullable []>thenApply(
            answer -> (Long) answer.get(0) == 1 ? null : (byte[]) answer.get(1))
        .toCompletableFuture();
  }

  private CompletableFuture<LaneLength.@Nullable Ticket> ticket(Decision decision, Instant now) {
    var commands = redis.async();
    var concern = decision.concern();
    var request = decision.request();
    var lane = LaneCounters.key(concern.lane());
    var number = commands.hincrby(lane, LaneCounters.ACCEPTED, 1).toCompletableFuture();
    var tokens =
        commands
            .hincrby(lane, LaneCounters.ACCEPTED_TOKENS, request.reservedTokens())
            .toCompletableFuture();
    var _ = commands.pexpire(lane, LaneCounters.TTL);
    // What was to end by now waits no longer, whatever became of it
    var queued = queuedKey(concern.user());
    var _ = commands.zremrangebyscore(queued, Range.create(0, now.toEpochMilli()));
    long until = request.deadline().toEpochMilli();
    var _ = commands.zadd(queued, (double) until, bytes(request.id()));
    var _ = commands.pexpireat(queued, until);
    return number.thenCombine(tokens, LaneLength.Ticket::new);
  }

  /** The request waits, and nobody asks in which place. */
  void enterLane(Concern concern, RequestEnvelope request) {
    var commands = redis.async();
    var lane = LaneCounters.key(concern.lane());
    var _ = commands.hincrby(lane, LaneCounters.ACCEPTED, 1);
    var _ = commands.hincrby(lane, LaneCounters.ACCEPTED_TOKENS, request.reservedTokens());
  }

  /** The request leaves its place unstarted. */
  void leaveLane(Concern concern, RequestEnvelope request) {
    var commands = redis.async();
    var lane = LaneCounters.key(concern.lane());
    var _ = commands.hincrby(lane, LaneCounters.STARTED, 1);
    var _ = commands.hincrby(lane, LaneCounters.STARTED_TOKENS, request.reservedTokens());
    started(request);
  }

  /** The request's idempotency key may be used for another again. */
  void releaseKey(Concern concern, RequestEnvelope request) {
    if (concern.idempotencyKey() != null) deleteOwn(idempotentKey(concern), request.id());
  }

  /** Nobody is to find a request that is not answered. */
  void disown(Concern concern, RequestEnvelope request) {
    releaseKey(concern, request);
    if (concern.fingerprint() != null)
      deleteOwn(AnswerCache.flightKey(concern.fingerprint()), request.id());
  }

  private void deleteOwn(String key, String id) {
    var _ = redis.async().eval(deleteOwn, ScriptOutputType.INTEGER, new String[] {key}, bytes(id));
  }

  /** Takes the place of a leader that failed; who else has taken it, if anybody has. */
  Optional<Leader> succeed(Concern concern, RequestEnvelope request, Leader failed) {
    var print = Objects.requireNonNull(concern.fingerprint());
    var next = Leader.of(request, concern.lane(), UNKNOWN);
    long left = Duration.between(request.acceptedAt(), request.deadline()).toMillis();
    var now =
        within(() ->
            replaced(
                    AnswerCache.flightKey(print),
                    bytes(failed.encode()),
                    bytes(next.encode()),
                    left)
                .thenCompose(current ->
                    current == null || current.length > 0
                        ? CompletableFuture.completedFuture(Optional.ofNullable(current))
                        // It was cleared away: whoever finds it empty first
                        : replaced(AnswerCache.flightKey(print), ABSENT, bytes(next.encode()), left)
                            .thenApply(Optional::ofNullable)));
    return now.map(bytes -> Leader.decode(new String(bytes, UTF_8)));
  }

  /** The request waits no longer. */
  void started(RequestEnvelope request) {
    var _ = redis.async().zrem(queuedKey(request.userId()), bytes(request.id()));
  }

  private static CompletableFuture<byte @Nullable []> nothing() {
    return CompletableFuture.completedFuture(null);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static @Nullable String text(byte @Nullable [] bytes) {
    return bytes == null ? null : new String(bytes, UTF_8);
  }

  private interface Trip<T extends @Nullable Object> {
    CompletionStage<T> begin();
  }

  private static <T extends @Nullable Object> T within(Trip<T> trip) {
    try {
      return trip.begin().toCompletableFuture().get(WITHIN_MS, TimeUnit.MILLISECONDS);
    } catch (RedisException | ExecutionException | TimeoutException unavailable) {
      throw new SluiceException(
          ErrorCode.SERVICE_UNAVAILABLE,
          ErrorCode.SERVICE_UNAVAILABLE.sentence(),
          RetryAfter.headers(AGAIN_IN));
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw new SluiceException(ErrorCode.SERVICE_UNAVAILABLE);
    }
  }
}
