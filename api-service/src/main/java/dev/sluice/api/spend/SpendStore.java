package dev.sluice.api.spend;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.spend.SpendAccount;
import dev.sluice.common.spend.SpendScript;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The accounts in Redis. Thread-safe; sends at once and never blocks. */
final class SpendStore {
  private static final byte[] SCRIPT = SpendScript.text().getBytes(UTF_8);

  private final StatefulRedisConnection<String, byte[]> redis;
  private final String digest;

  SpendStore(StatefulRedisConnection<String, byte[]> redis) {
    this.redis = redis;
    this.digest = redis.async().digest(SCRIPT);
  }

  /**
   * An amount that is held for a request.
   *
   * @param units as {@link SpendAccount#units} has it
   * @param expiry ms since the epoch
   */
  record Reservation(String id, String units, long expiry) {}

  CompletableFuture<Long> begin(
      SpendAccount account, String settled, long version, List<Reservation> held) {
    var arguments = new ArrayList<String>();
    arguments.add(settled);
    arguments.add(Long.toString(version));
    arguments.add(Long.toString(account.keptUntil().toEpochMilli()));
    return run(SpendScript.BEGIN, account, append(arguments, held));
  }

  CompletableFuture<Long> restore(SpendAccount account, List<Reservation> held) {
    return run(SpendScript.RESTORE, account, append(new ArrayList<>(), held));
  }

  /**
   * @param hard the cap's, in units; empty where there is none
   */
  CompletableFuture<Long> reserve(SpendAccount account, Reservation reservation, String hard) {
    var arguments = append(new ArrayList<>(), List.of(reservation));
    arguments.add(hard);
    return run(SpendScript.RESERVE, account, arguments);
  }

  void release(SpendAccount account, String id) {
    var _ = run(SpendScript.RELEASE, account, List.of(id));
  }

  void expire(SpendAccount account, String id, long at) {
    var _ = run(SpendScript.EXPIRE, account, List.of(id, Long.toString(at)));
  }

  void delete(SpendAccount account) {
    var _ = redis.async().del(account.keys());
  }

  private static List<String> append(List<String> arguments, List<Reservation> held) {
    for (var reservation : held) {
      arguments.add(reservation.id());
      arguments.add(reservation.units());
      arguments.add(Long.toString(reservation.expiry()));
    }
    return arguments;
  }

  private CompletableFuture<Long> run(String verb, SpendAccount account, List<String> arguments) {
    var all = new byte[arguments.size() + 1][];
    all[0] = verb.getBytes(UTF_8);
    for (int i = 0; i < arguments.size(); i++) all[i + 1] = arguments.get(i).getBytes(UTF_8);
    var keys = account.keys();
    try {
      return redis
          .async()
          .<Long>evalsha(digest, ScriptOutputType.INTEGER, keys, all)
          .exceptionallyCompose(failed ->
              failed instanceof RedisNoScriptException
                  ? redis.async().eval(SCRIPT, ScriptOutputType.INTEGER, keys, all)
                  : CompletableFuture.failedStage(failed))
          .toCompletableFuture();
    } catch (RedisException unavailable) {
      return CompletableFuture.failedFuture(unavailable);
    }
  }

  /** Null if the account is missing. */
  CompletableFuture<CapStanding.@Nullable Spent> spent(SpendAccount account) {
    try {
      return redis
          .async()
          .hmget(
              account.keys()[0], SpendScript.SETTLED, SpendScript.RESERVED_IN_ALL, SpendScript.BORN)
          .<CapStanding.@Nullable Spent>thenApply(values ->
              values.stream().allMatch(value -> value.hasValue())
                  ? new CapStanding.Spent(
                      SpendAccount.usd(text(values.get(0).getValue())),
                      SpendAccount.usd(text(values.get(1).getValue())),
                      text(values.get(2).getValue()))
                  : null)
          .toCompletableFuture();
    } catch (RedisException unavailable) {
      return CompletableFuture.failedFuture(unavailable);
    }
  }

  /** Whether nobody has noted this about the account before, on any instance. */
  CompletableFuture<Boolean> note(SpendAccount account, String what) {
    return redis.async().hsetnx(account.keys()[0], what, "1".getBytes(UTF_8)).toCompletableFuture();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }
}
