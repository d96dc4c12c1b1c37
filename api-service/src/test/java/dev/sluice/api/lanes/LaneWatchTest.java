package dev.sluice.api.lanes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.TestingStack;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.LaneCounters;
import dev.sluice.common.topic.Priority;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On a real Redis, each test with lanes of its own. */
class LaneWatchTest {
  private static final Tier TIER = new Tier(60, 60_000, null, null);

  private final Lane lane = new Lane("pool-" + UUID.randomUUID(), Priority.INTERACTIVE);
  private final RedisClient client = RedisClient.create(TestingStack.redis());
  private final StatefulRedisConnection<String, byte[]> redis =
      client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
  private final LaneWatch watch = new LaneWatch(redis, _ -> Pace.of(TIER));
  private final List<LaneLength.Standing> told = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    watch.close();
    client.shutdown();
  }

  @Test
  void a_place_is_told_once_a_second_at_most_however_fast_it_changes() {
    long began = System.nanoTime();
    var leave = watch.watch(place(1_000_000), told::add);
    await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(30))
        .until(() -> {
          redis.sync().hincrby(LaneCounters.key(lane), LaneCounters.STARTED, 1);
          return told.size() >= 3;
        });
    assertThat(told.size())
        .isLessThanOrEqualTo((int) Duration.ofNanos(System.nanoTime() - began).toSeconds());
    assertThat(new ArrayList<>(told)).doesNotHaveDuplicates();
    leave.run();
    assertThat(watch.current()).isZero();
  }

  @Test
  void who_waits_in_the_background_stands_behind_those_for_whom_somebody_waits() {
    var background = new Lane(lane.pool(), Priority.BACKGROUND);
    redis.sync().hincrby(LaneCounters.key(lane), LaneCounters.ACCEPTED, 5);
    watch.watch(new LaneWatch.Place(background, new LaneLength.Ticket(1, 10), 10), told::add);
    await().atMost(Duration.ofSeconds(30)).until(() -> !told.isEmpty());
    assertThat(told.getFirst().position()).isEqualTo(5);
  }

  @Test
  void any_instance_finds_the_place_that_another_has_remembered() {
    var id = "resp_" + UUID.randomUUID();
    watch.remember(id, place(7), Instant.now().plusSeconds(60));
    assertThat(watch.find(id).toCompletableFuture().join()).contains(place(7));
    watch.forget(id);
    assertThat(watch.find(id).toCompletableFuture().join()).isEmpty();
    redis.sync().set("sluice:place:" + id, "of another version".getBytes(UTF_8));
    assertThat(watch.find(id).toCompletableFuture().join()).isEmpty();
  }

  private LaneWatch.Place place(long number) {
    return new LaneWatch.Place(lane, new LaneLength.Ticket(number, number * 10), 10);
  }
}
