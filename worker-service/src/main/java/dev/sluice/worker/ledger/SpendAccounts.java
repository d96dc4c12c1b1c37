package dev.sluice.worker.ledger;

import static java.util.stream.Collectors.toSet;

import dev.sluice.common.message.AttemptSettled;
import dev.sluice.common.message.SpendCapSet;
import dev.sluice.common.message.UsageEvent;
import dev.sluice.common.spend.SpendAccount;
import dev.sluice.common.spend.SpendPeriod;
import dev.sluice.common.spend.SpendScope;
import dev.sluice.common.spend.SpendScript;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Takes what the ledger has written over into the accounts in Redis that admission compares with
 * spend caps. Thread-safe; all work is done by {@link #turn}, which one thread of its own calls
 * again and again, so that the writer never waits for Redis.
 */
public final class SpendAccounts {
  /*
   * What is settled is always the ledger's whole sum, never an amount added: a batch that is repeated,
   * a correction or a crash between Postgres and Redis leave nothing wrong for longer than until the
   * next look. The sums' version, Postgres's clock before they were read, keeps an older sum from
   * replacing a newer one of another worker: whoever is refused for it finds that the newer sum was
   * read after its own rows had been committed.
   *
   * Only accounts that admission has made are touched. What a request holds goes with its settlement,
   * in the same script; a failed or lost attempt may be tried again, so its request goes on holding
   * until the response has ended.
   */
  private static final Logger log = LoggerFactory.getLogger(SpendAccounts.class);

  private static final Duration WITHIN = Duration.ofSeconds(5);
  private static final int MOST_PENDING = 100_000;
  private static final Set<String> ANSWERED = Set.of("completed", "incomplete");
  private static final Set<String> ENDED = Set.of("cancelled", "deadline");

  private final SpendSums sums;
  private final LedgerWatermark watermark;
  private final StatefulRedisConnection<String, String> redis;
  private final Duration every;
  private final InstantSource clock;
  private final String script = SpendScript.text();
  private final String digest;
  private final Map<String, SpendCapSet> caps = new ConcurrentHashMap<>();

  // Guarded by itself: ids of requests that hold nothing any more, by account
  private final Map<SpendAccount, Set<String>> pending = new HashMap<>();

  // The thread's own: when all accounts are to be looked at again
  private Instant due = Instant.MIN;

  SpendAccounts(
      SpendSums sums,
      LedgerWatermark watermark,
      StatefulRedisConnection<String, String> redis,
      Duration every,
      InstantSource clock) {
    this.sums = sums;
    this.watermark = watermark;
    this.redis = redis;
    this.digest = redis.async().digest(script);
    this.every = every;
    this.clock = clock;
  }

  /** Finance has set a cap, or taken it away. */
  public void cap(SpendCapSet set) {
    if (set.removes()) caps.remove(set.key());
    else caps.put(set.key(), set);
  }

  /** The ledger has these events. Never blocks. */
  void written(Collection<? extends UsageEvent> events) {
    if (caps.isEmpty()) return;
    synchronized (pending) {
      for (var event : events) if (event instanceof AttemptSettled attempt) note(attempt);
      if (!pending.isEmpty()) pending.notifyAll();
    }
  }

  private void note(AttemptSettled attempt) {
    for (var scope : SpendScope.values()) {
      var subject = scope.subject(attempt.userId(), attempt.team(), attempt.tags());
      for (var period : SpendPeriod.values()) {
        if (!caps.containsKey(SpendCapSet.key(scope, subject, period))) continue;
        var account = SpendAccount.at(scope, subject, period, attempt.openedAt());
        var ids = pending.computeIfAbsent(account, _ -> new HashSet<>());
        // Beyond that, what is held goes when the ledger is known to be complete
        if (isLast(attempt) && ids.size() < MOST_PENDING) ids.add(attempt.requestId());
      }
    }
  }

  /** Whether no other attempt of the request can follow. */
  private static boolean isLast(AttemptSettled attempt) {
    return ANSWERED.contains(attempt.outcome())
        || (attempt.errorCode() != null && ENDED.contains(attempt.errorCode()));
  }

  /** Waits for something to do, and does it. */
  void turn() throws InterruptedException {
    try {
      settle(takePending());
      if (clock.instant().isBefore(due)) return;
      due = clock.instant().plus(every);
      refresh();
    } catch (DataAccessException | RedisException | IllegalStateException unavailable) {
      log.atWarn()
          .addKeyValue("cause", unavailable.toString())
          .log("Spend accounts cannot be brought up to date; what requests hold stays held");
    }
  }

  private Map<SpendAccount, Set<String>> takePending() throws InterruptedException {
    synchronized (pending) {
      if (pending.isEmpty()) pending.wait(every.toMillis());
      var taken = Map.copyOf(pending);
      pending.clear();
      return taken;
    }
  }

  /** What was written lately. */
  private void settle(Map<SpendAccount, Set<String>> released) throws InterruptedException {
    if (!released.isEmpty()) settle(released, "");
  }

  /** All accounts anew: corrections, what was missed, and what nobody holds any more. */
  void refresh() throws InterruptedException {
    if (caps.isEmpty()) return;
    // Before the sums: they have everything up to then
    var through = Long.toString(watermark.sample().toEpochMilli());
    var now = clock.instant();
    var accounts = caps.values().stream().map(cap -> cap.account(now)).collect(toSet());
    var released = new HashMap<SpendAccount, Set<String>>();
    for (var account : accounts) released.put(account, Set.of());
    settle(released, through);
  }

  private void settle(Map<SpendAccount, Set<String>> released, String through)
      throws InterruptedException {
    long version = sums.version();
    var settled = sums.of(released.keySet());
    var answers = new ArrayList<CompletableFuture<?>>();
    settled.forEach((account, sum) -> {
      var arguments =
          new ArrayList<>(
              List.of(
                  SpendScript.SETTLE, SpendAccount.units(sum), Long.toString(version), through));
      arguments.addAll(released.getOrDefault(account, Set.of()));
      answers.add(run(account, arguments.toArray(String[]::new)));
    });
    await(CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)));
  }

  private CompletableFuture<Long> run(SpendAccount account, String[] arguments) {
    var keys = account.keys();
    return redis
        .async()
        .<Long>evalsha(digest, ScriptOutputType.INTEGER, keys, arguments)
        .exceptionallyCompose(failed ->
            failed instanceof RedisNoScriptException
                ? redis.async().eval(script, ScriptOutputType.INTEGER, keys, arguments)
                : CompletableFuture.failedStage(failed))
        .toCompletableFuture();
  }

  private static void await(CompletableFuture<Void> answers) throws InterruptedException {
    try {
      answers.get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException unanswered) {
      throw new IllegalStateException("Redis does not answer", unanswered);
    }
  }
}
