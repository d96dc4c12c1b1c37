package dev.sluice.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Random;
import java.util.stream.LongStream;
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
    for (long offset = 0; offset < 4; offset++) map.started(offset);
    map.ended(1);
    map.ended(3);
    assertThat(map.committable()).isZero();
    map.ended(0);
    assertThat(map.committable()).isEqualTo(2);
  }

  @Test
  void a_gap_in_the_log_holds_back_nothing() {
    var map = new OffsetMap(0);
    map.started(0);
    map.started(7);
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
        map.started(next);
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
    open.forEach(map::ended);
    assertThat(map.committable()).isEqualTo(next);
  }
}
