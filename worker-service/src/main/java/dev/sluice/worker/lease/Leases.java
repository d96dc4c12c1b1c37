package dev.sluice.worker.lease;

import dev.sluice.common.message.DeadLetter.FailedAttempt;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes, renews and ends leases. All of it is one atomic script on one key, see {@code lease.lua}.
 * Thread-safe; calls block for one round trip to Redis and throw {@link RedisException} when it
 * does not answer.
 */
public final class Leases implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Leases.class);

  private final StatefulRedisConnection<String, String> redis;
  private final String script;
  private final LeaseProperties properties;
  private final InstantSource clock;
  private final String owner = UUID.randomUUID().toString();
  private final Map<String, Lease> live = new ConcurrentHashMap<>();
  private final AtomicBoolean answering = new AtomicBoolean(true);
  private final ScheduledExecutorService renewal =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("lease-renewal").daemon().factory());

  Leases(
      StatefulRedisConnection<String, String> redis,
      String script,
      LeaseProperties properties,
      InstantSource clock) {
    this.clock = clock;
    this.redis = redis;
    this.script = script;
    this.properties = properties;
    var pause = properties.renewEvery().toMillis();
    var _ = renewal.scheduleWithFixedDelay(this::renewAll, pause, pause, TimeUnit.MILLISECONDS);
  }

  /**
   * Asks for the lease of a request.
   *
   * @param life the first, or that which an operator gave the request again
   */
  public Taking take(String requestId, Life life) {
    var answer =
        Answer.of(
            await(
                run(
                    "take",
                    requestId,
                    Long.toString(life.letter()),
                    "",
                    LeaseState.HELD,
                    life.attempts())));
    return switch (answer.word()) {
      case "DONE" -> new Taking.AlreadyDone();
      case "ELSEWHERE" -> new Taking.HeldElsewhere(Duration.ofMillis(answer.remainingMs()));
      default -> taken(requestId, answer);
    };
  }

  /** Whether somebody owns the request now, this worker included. */
  public boolean isLive(String requestId) {
    var answer = Answer.of(await(run("look", requestId, "0", "", LeaseState.NONE, 0)));
    return !answer.word().equals("DONE") && answer.remainingMs() > 0;
  }

  private Taking taken(String requestId, Answer answer) {
    var lease =
        new Lease(
            this, requestId, answer.fence(), answer.attempt(), History.read(answer.history()));
    live.put(requestId, lease);
    return new Taking.Taken(
        lease, LeaseState.valueOf(answer.word()), answer.lost() >= properties.maxLost());
  }

  int attempt(Lease lease) {
    var answer = Answer.of(await(run("attempt", lease, "")));
    if (answer.isFenced()) throw new FencedException(lease.requestId());
    return answer.attempt();
  }

  Instant now() {
    return clock.instant();
  }

  void note(Lease lease, FailedAttempt failed) {
    var _ = run("note", lease, History.line(failed));
  }

  void move(Lease lease, LeaseState state) {
    var _ = run("move", lease, state.name());
  }

  void done(Lease lease) {
    await(run("move", lease, LeaseState.DONE.name()));
  }

  void close(Lease lease, LeaseState state) {
    live.remove(lease.requestId(), lease);
    // A request that is given back should not have to wait for the TTL.
    if (state != LeaseState.DONE) {
      var _ = run("release", lease, "");
    }
  }

  private void renewAll() {
    live.forEach((requestId, lease) ->
        run("renew", lease, "")
            .whenComplete((answer, failure) -> {
              told(failure);
              if (failure == null && Answer.of(answer).isFenced() && live.remove(requestId, lease))
                lease.fenced();
            }));
  }

  /** Once for each time that Redis is away, however many leases there are. */
  private void told(@Nullable Throwable failure) {
    if (failure == null) answering.set(true);
    else if (answering.getAndSet(false))
      log.atWarn()
          .addKeyValue("cause", failure.toString())
          .log("Redis does not answer; leases may expire, and requests wait for it");
  }

  private CompletionStage<List<Object>> run(String verb, Lease lease, String newState) {
    return run(
        verb,
        lease.requestId(),
        Long.toString(lease.fence()),
        newState,
        lease.state(),
        lease.attempt());
  }

  private CompletionStage<List<Object>> run(
      String verb, String requestId, String fence, String newState, LeaseState state, int attempt) {
    return redis
        .async()
        .eval(
            script,
            ScriptOutputType.MULTI,
            new String[] {"sluice:lease:" + requestId},
            verb,
            owner,
            fence,
            Long.toString(properties.ttl().toMillis()),
            Long.toString(properties.memory().toMillis()),
            newState,
            state.name(),
            Integer.toString(attempt));
  }

  private List<Object> await(CompletionStage<List<Object>> answer) {
    try {
      return answer.toCompletableFuture().get(properties.ttl().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new RedisException(interrupted);
    } catch (ExecutionException | TimeoutException late) {
      throw new RedisException(late);
    }
  }

  @Override
  public void close() {
    renewal.shutdownNow();
  }

  /**
   * @param lost owners that died with the request; told to who takes it, and so is the history
   */
  private record Answer(
      String word, long fence, int attempt, long remainingMs, long lost, String history) {
    static Answer of(List<Object> answer) {
      boolean isTaken = answer.size() > 4;
      return new Answer(
          (String) answer.get(0),
          (Long) answer.get(1),
          ((Long) answer.get(2)).intValue(),
          (Long) answer.get(3),
          isTaken ? (Long) answer.get(4) : 0,
          isTaken ? (String) answer.get(5) : "");
    }

    boolean isFenced() {
      return word.equals("FENCED");
    }
  }
}
