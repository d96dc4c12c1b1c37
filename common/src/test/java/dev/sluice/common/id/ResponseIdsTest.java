package dev.sluice.common.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.HashSet;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResponseIdsTest {
  private final ResponseIds ids =
      new ResponseIds("a secret of at least 32 characters", new Random(7));

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void an_id_tells_its_owner_where_its_events_are(long seed) {
    var random = new Random(seed);
    var partition = random.nextInt(0x10000);
    var offset = random.nextLong(1L << 48);
    var minted = ids.mint("user" + seed, partition, offset);
    assertThat(ids.verify(minted.value(), "user" + seed)).contains(minted);
    assertThat(minted.homePartition()).isEqualTo(partition);
    assertThat(minted.offsetBound()).isEqualTo(offset);
  }

  @Test
  void an_id_is_nothing_to_another_user() {
    assertThat(ids.verify(ids.mint("user1", 3, 42).value(), "user2")).isEmpty();
  }

  @Test
  void an_id_of_another_secret_is_refused() {
    var others = new ResponseIds("another secret, also 32 characters", new Random(7));
    assertThat(ids.verify(others.mint("user1", 3, 42).value(), "user1")).isEmpty();
  }

  @Test
  void no_bit_of_an_id_can_be_changed() {
    var value = ids.mint("user1", 3, 42).value();
    var bytes = Base64.getUrlDecoder().decode(value.substring(5));
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      var forged = bytes.clone();
      forged[bit / 8] ^= (byte) (1 << (bit % 8));
      var id = "resp_" + Base64.getUrlEncoder().withoutPadding().encodeToString(forged);
      assertThat(ids.verify(id, "user1")).as("bit %d", bit).isEmpty();
    }
  }

  @Test
  void garbage_is_refused_and_never_thrown_at() {
    assertThat(ids.verify("", "user1")).isEmpty();
    assertThat(ids.verify("resp_", "user1")).isEmpty();
    assertThat(ids.verify("resp_" + "!".repeat(40), "user1")).isEmpty();
    assertThat(ids.verify("chatcmpl_" + "A".repeat(40), "user1")).isEmpty();
  }

  @Test
  void ids_of_the_same_place_differ() {
    var seen = new HashSet<String>();
    for (int i = 0; i < 10_000; i++) assertThat(seen.add(ids.mint("u", 1, 1).value())).isTrue();
  }

  @Test
  void a_place_that_does_not_fit_is_refused() {
    assertThatThrownBy(() -> ids.mint("u", 0x10000, 0)).hasMessageContaining("65536");
    assertThatThrownBy(() -> ids.mint("u", 0, 1L << 48)).hasMessageContaining("offset");
  }
}
