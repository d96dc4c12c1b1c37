package dev.sluice.worker.lanes;

import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.LaneCounters;
import io.lettuce.core.api.StatefulRedisConnection;

/** Counts what leaves a lane, for the places of those behind it. Thread-safe; nothing blocks. */
public final class LaneProgress {
  private final StatefulRedisConnection<String, String> redis;

  LaneProgress(StatefulRedisConnection<String, String> redis) {
    this.redis = redis;
  }

  /** A request starts, or ends unstarted. To be told once. */
  public void left(Lane lane, RequestEnvelope request) {
    var key = LaneCounters.key(lane);
    var commands = redis.async();
    var _ = commands.hincrby(key, LaneCounters.STARTED, 1);
    var _ = commands.hincrby(key, LaneCounters.STARTED_TOKENS, request.reservedTokens());
    var _ = commands.pexpire(key, LaneCounters.TTL);
  }
}
