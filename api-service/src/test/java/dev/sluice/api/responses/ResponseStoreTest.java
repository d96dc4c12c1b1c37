package dev.sluice.api.responses;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.api.TestingStack;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

class ResponseStoreTest {
  private static final byte[] END =
      "{\"type\":\"response.completed\",\"response\":{\"id\":\"r\"}}".getBytes(UTF_8);

  private final String id = "resp_" + UUID.randomUUID();
  private final RedisClient client = RedisClient.create(TestingStack.redis());
  private StatefulRedisConnection<byte[], byte[]> redis;
  private ResponseStore store;

  @BeforeEach
  void connect() throws IOException {
    redis = client.connect(ByteArrayCodec.INSTANCE);
    store =
        new ResponseStore(
            redis,
            Runnable::run,
            Duration.ofSeconds(1),
            Duration.ofHours(1),
            new ClassPathResource("lua/keep-unless-deleted.lua").getContentAsString(UTF_8),
            new SimpleMeterRegistry());
  }

  @AfterEach
  void disconnect() {
    client.shutdown();
  }

  @Test
  void what_ends_after_it_was_deleted_is_not_kept() {
    store.keepInput(id, () -> "[]".getBytes(UTF_8));
    await().until(() -> store.find(id).isPresent());
    store.delete(id);
    store.keepEnd(id, END);
    store.keepInput(id, () -> "[]".getBytes(UTF_8));
    var kept = store.find(id).orElseThrow();
    assertThat(kept.deleted()).isTrue();
    assertThat(kept.response()).isNull();
    assertThat(kept.input()).isNull();
  }

  @Test
  void that_it_was_deleted_is_remembered_for_as_long_as_its_events_are_there() {
    store.delete(id);
    assertThat(redis.sync().pttl(Keys.bytes("sluice:response:" + id)))
        .isGreaterThan(Duration.ofMinutes(59).toMillis());
  }
}
