package dev.sluice.benchmarks.budget;

import io.lettuce.core.api.sync.RedisCommands;

/**
 * What Redis has done so far, for whoever asked.
 *
 * @param commands processed, those inside scripts included
 * @param roundTrips times that it read from a connection: a pipeline counts once
 */
record RedisCounters(long commands, long roundTrips) {
  static RedisCounters of(RedisCommands<String, String> redis) {
    var stats = redis.info("stats");
    return new RedisCounters(
        value(stats, "total_commands_processed"), value(stats, "total_reads_processed"));
  }

  RedisCounters since(RedisCounters before) {
    return new RedisCounters(commands - before.commands, roundTrips - before.roundTrips);
  }

  static long value(String info, String name) {
    return info.lines()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1).strip()))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("Redis does not tell " + name));
  }
}
