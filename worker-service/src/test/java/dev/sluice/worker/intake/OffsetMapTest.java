package dev.sluice.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OffsetMapTest {
  @Test
  void nothing_started_commits_the_position() {
    assertThat(new OffsetMap(42).committable()).isEqualTo(42);
  }

  @Test
  void an_open_record_holds_back_those_behind_it() {
    var map = new OffsetMap(0);
    for (long offset = 0; offset < 4; offset++) map.fetched(offset);
    map.ended(1);
    map.ended(3);
    assertThat(map.committable()).isZero();
    map.ended(0);
    assertThat(map.committable()).isEqualTo(2);
  }

  @Test
  void a_gap_in_the_log_holds_back_nothing() {
    var map = new OffsetMap(0);
    map.fetched(0);
    map.fetched(7);
    map.ended(0);
    assertThat(map.committable()).isEqualTo(7);
    map.ended(7);
    assertThat(map.committable()).isEqualTo(8);
  }

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void no_open_record_is_ever_committed_and_all_are_in_the_end(long seed) {
    var random = new Random(seed);
    var map = new OffsetMap(0);
    var open = new ArrayList<Long>();
    var ended = new HashSet<Long>();
    long next = 0;
    for (int step = 0; step < 300; step++) {
      if (random.nextBoolean() || open.isEmpty()) {
        next += random.nextInt(3);
        map.fetched(next);
        open.add(next++);
      } else {
        Collections.shuffle(open, random);
        long offset = open.removeLast();
        map.ended(offset);
        ended.add(offset);
      }
      long committable = map.committable();
      assertThat(open).allMatch(offset -> offset >= committable);
    }
    var owner = OffsetMap.of(map.commit());
    for (long offset = map.committable(); offset < next; offset++) {
      if (open.contains(offset)) assertThat(owner.fetched(offset)).isTrue();
      if (ended.contains(offset)) assertThat(owner.fetched(offset)).isFalse();
      if (random.nextInt(10) == 0) owner = OffsetMap.of(owner.commit()); // and another after it
    }
    open.forEach(map::ended);
    assertThat(map.committable()).isEqualTo(next);
    assertThat(map.commit().metadata()).isEmpty();
  }

  @Test
  void what_has_ended_ahead_survives_owners_that_have_not_come_to_it() {
    var map = new OffsetMap(0);
    for (long offset = 0; offset < 10; offset++) map.fetched(offset);
    for (long offset = 5; offset < 10; offset++) map.ended(offset);
    var second = OffsetMap.of(map.commit());
    assertThat(second.fetched(0)).isTrue();
    var third = OffsetMap.of(second.commit());
    assertThat(third.fetched(4)).isTrue();
    assertThat(third.fetched(5)).isFalse();
    assertThat(third.fetched(10)).isTrue();
  }

  @Test
  void more_than_kafka_keeps_is_left_out_and_comes_again() {
    var map = new OffsetMap(7);
    for (long offset = 7; offset < 50_000; offset++) map.fetched(offset);
    for (long offset = 8; offset < 50_000; offset++) map.ended(offset);
    var commit = map.commit();
    assertThat(commit.metadata().length()).isBetween(3_900, 4_096);
    var next = OffsetMap.of(commit);
    assertThat(next.fetched(8)).isFalse();
    assertThat(next.fetched(49_999)).isTrue();
  }

  @Test
  void metadata_of_others_tells_nothing() {
    for (var metadata : List.of("", "1:%%%", "2:AAAA", "somebody's"))
      assertThat(OffsetMap.of(new OffsetAndMetadata(3, metadata)).fetched(4)).isTrue();
  }
}
