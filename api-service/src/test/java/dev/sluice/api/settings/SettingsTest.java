package dev.sluice.api.settings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.SpendCapSet;
import dev.sluice.common.spend.SpendPeriod;
import dev.sluice.common.spend.SpendScope;
import dev.sluice.common.topic.Topics;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;

class SettingsTest {
  private final MessageCodec codec = new MessageCodec();
  private final Settings settings =
      new Settings(new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(Map.of())), codec);

  @Test
  void what_is_read_again_does_not_undo_what_came_after_it() {
    read(0, "1.00");
    read(5, "2.00");
    read(0, "1.00");
    assertThat(hard()).isEqualTo(new BigDecimal("2.00"));
  }

  @Test
  void a_cap_that_was_taken_away_stays_away() {
    read(0, "1.00");
    read(1, null);
    read(0, "1.00");
    assertThat(settings.caps()).isEmpty();
  }

  private @Nullable BigDecimal hard() {
    var cap = settings.cap(SpendScope.TEAM, "red", SpendPeriod.DAY);
    return cap == null ? null : cap.hard();
  }

  private void read(long offset, @Nullable String hard) {
    var set =
        new SpendCapSet(
            SpendScope.TEAM,
            "red",
            SpendPeriod.DAY,
            null,
            hard == null ? null : new BigDecimal(hard),
            "finance",
            Instant.EPOCH,
            Map.of());
    settings.read(
        new ConsumerRecord<>(
            Topics.SETTINGS, 0, offset, set.key().getBytes(UTF_8), codec.encode(set)));
  }
}
