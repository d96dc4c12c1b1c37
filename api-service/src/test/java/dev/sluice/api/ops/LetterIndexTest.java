package dev.sluice.api.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.message.DeadLetter;
import dev.sluice.common.message.DeadLetterDecided;
import dev.sluice.common.message.DeadLetterDecided.Decision;
import dev.sluice.common.message.Message;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class LetterIndexTest {
  private final MessageCodec codec = new MessageCodec();
  private final LetterIndex index = new LetterIndex(codec);

  @Test
  void letters_are_shown_the_newest_first_page_by_page() {
    for (int i = 0; i < 5; i++) read(i, letter(i));
    assertThat(index.below(Long.MAX_VALUE, 2)).extracting(Letter::id).containsExactly("4", "3");
    assertThat(index.below(3, 10)).extracting(Letter::id).containsExactly("2", "1", "0");
    assertThat(index.countOpen()).isEqualTo(5);
  }

  @Test
  void a_record_that_was_set_aside_twice_is_one_letter() {
    read(0, letter(7));
    read(1, letter(7));
    assertThat(index.below(Long.MAX_VALUE, 10)).extracting(Letter::id).containsExactly("0");
  }

  @Test
  void of_several_decisions_the_first_counts() {
    read(0, letter(0));
    read(1, decided(0, Decision.REDRIVEN, "ann"));
    read(2, decided(0, Decision.DISCARDED, "bob"));
    var letter = index.find(0).orElseThrow();
    assertThat(letter.state()).isEqualTo(Letter.State.REDRIVEN);
    assertThat(letter.by()).isEqualTo("ann");
    assertThat(index.countOpen()).isZero();
    assertThat(index.open()).isEmpty();
  }

  @Test
  void a_request_is_redriven_once_the_first_decision_on_one_of_its_letters_says_so() {
    read(0, letter(0));
    read(1, letter(1));
    assertThat(index.isRedriven("resp_0")).isFalse();
    read(2, decided(0, Decision.REDRIVEN, "ann"));
    read(3, decided(1, Decision.DISCARDED, "ann"));
    read(4, decided(1, Decision.REDRIVEN, "bob"));
    assertThat(index.isRedriven("resp_0")).isTrue();
    assertThat(index.isRedriven("resp_1")).isFalse();
  }

  @Test
  void a_redriven_request_is_forgotten_with_its_letter() {
    read(0, letter(0));
    read(1, decided(0, Decision.REDRIVEN, "ann"));
    for (int i = 2; i <= LetterIndex.MOST; i++) read(i, letter(i));
    assertThat(index.isRedriven("resp_0")).isTrue();
    read(LetterIndex.MOST + 1, letter(LetterIndex.MOST + 1));
    assertThat(index.isRedriven("resp_0")).isFalse();
  }

  @Test
  void what_cannot_be_read_stops_nothing() throws Exception {
    index.read(new ConsumerRecord<>(Topics.DEAD_LETTERS, 0, 0, null, "{}".getBytes()));
    read(1, letter(1));
    assertThat(index.countOpen()).isEqualTo(1);
    assertThat(index.awaitRead(1, Duration.ZERO)).isTrue();
    assertThat(index.awaitRead(2, Duration.ofMillis(10))).isFalse();
  }

  private void read(long offset, Message message) {
    index.read(new ConsumerRecord<>(Topics.DEAD_LETTERS, 0, offset, null, codec.encode(message)));
  }

  private static DeadLetter letter(long offset) {
    return new DeadLetter(
        "sluice.requests.p.interactive",
        0,
        offset,
        "a reason",
        "",
        Instant.EPOCH,
        "resp_" + offset,
        "user1",
        "m",
        3,
        List.of(new DeadLetter.FailedAttempt(1, "server_error", Instant.EPOCH)),
        Map.of());
  }

  private static DeadLetterDecided decided(long letter, Decision decision, String by) {
    return new DeadLetterDecided(letter, decision, by, Instant.EPOCH, null, Map.of());
  }
}
