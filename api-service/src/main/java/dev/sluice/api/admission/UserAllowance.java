package dev.sluice.api.admission;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.RetryAfter;
import dev.sluice.common.error.SluiceException;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.BucketState;
import io.github.bucket4j.MathType;
import io.github.bucket4j.TokensInheritanceStrategy;
import io.github.bucket4j.distributed.remote.RemoteBucketState;
import io.github.bucket4j.distributed.remote.RemoteStat;
import io.github.bucket4j.distributed.serialization.DataOutputSerializationAdapter;
import io.github.bucket4j.distributed.serialization.Scope;
import io.github.bucket4j.distributed.versioning.Versions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;

/**
 * How often one user may still ask: Bucket4j's own state of a bucket, as it is kept in Redis, so
 * that it is read and replaced together with all else that admission asks. Confined to one thread.
 */
final class UserAllowance {
  private final UserLimit limit;
  private final long now; // ns since the epoch
  private byte[] stored;
  private RemoteBucketState state;

  /**
   * @param stored empty for a user who has not asked for a while
   */
  UserAllowance(UserLimit limit, byte[] stored, Instant now) {
    this.limit = limit;
    this.now = now.getEpochSecond() * 1_000_000_000 + now.getNano();
    this.stored = stored;
    this.state = read(stored);
  }

  /**
   * Takes one request from it.
   *
   * @throws SluiceException if there is none left; says when there will be
   */
  void take() {
    long nanos = state.calculateDelayNanosAfterWillBePossibleToConsume(1, now, false);
    if (nanos > 0) throw refusal(Duration.ofNanos(nanos));
    state.consume(1);
  }

  /** The same, from what another request of the user has left meanwhile. */
  void takeAgain(byte[] newlyStored) {
    stored = newlyStored;
    state = read(newlyStored);
    take();
  }

  private SluiceException refusal(Duration wait) {
    var headers = new HashMap<>(left().headers());
    headers.putAll(RetryAfter.headers(wait));
    return new SluiceException(
        ErrorCode.USER_LIMIT_EXCEEDED,
        "%d requests in %d s are allowed to one user. Ask again in %.1f s."
            .formatted(limit.requests(), limit.per().toSeconds(), wait.toMillis() / 1e3),
        headers);
  }

  Admitted.Allowance left() {
    long remaining = Math.max(0, state.getAvailableTokens());
    var untilFull =
        limit.per().multipliedBy(limit.requests() - remaining).dividedBy(limit.requests());
    return new Admitted.Allowance(limit.requests(), remaining, untilFull);
  }

  /** What is to be replaced. */
  byte[] stored() {
    return stored;
  }

  /** After so long it is full again and need not be kept. */
  Duration keep() {
    return limit.per().plusSeconds(1);
  }

  private RemoteBucketState read(byte[] bytes) {
    var configuration = configuration();
    var bucket = bytes.length == 0 ? full(configuration) : decode(bytes, configuration);
    bucket.refillAllBandwidth(now);
    return bucket;
  }

  private RemoteBucketState full(BucketConfiguration configuration) {
    return new RemoteBucketState(
        BucketState.createInitialState(configuration, MathType.INTEGER_64_BITS, now),
        new RemoteStat(0),
        null);
  }

  private RemoteBucketState decode(byte[] bytes, BucketConfiguration configuration) {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      var bucket =
          RemoteBucketState.SERIALIZATION_HANDLE.deserialize(
              DataOutputSerializationAdapter.INSTANCE, in);
      if (!bucket.getConfiguration().equals(configuration))
        bucket.replaceConfiguration(configuration, TokensInheritanceStrategy.PROPORTIONALLY, now);
      return bucket;
    } catch (IOException | RuntimeException unreadable) {
      return full(configuration); // of another version: nobody is locked out for that
    }
  }

  private BucketConfiguration configuration() {
    return BucketConfiguration.builder()
        .addLimit(
            bucket -> bucket.capacity(limit.requests()).refillGreedy(limit.requests(), limit.per()))
        .build();
  }

  byte[] encode() {
    var bytes = new ByteArrayOutputStream(128);
    try (var out = new DataOutputStream(bytes)) {
      RemoteBucketState.SERIALIZATION_HANDLE.serialize(
          DataOutputSerializationAdapter.INSTANCE,
          out,
          state,
          Versions.getLatest(),
          Scope.PERSISTED_STATE);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }
}
