package dev.sluice.simulator.limit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.simulator.limit.Verdict.Admitted;
import dev.sluice.simulator.limit.Verdict.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LimiterPropertyTest {
  private static final long LIMIT = 6_000;
  private static final long LARGEST = 1_500;
  private static final long MINUTE = SECONDS.toNanos(60);

  static LongStream seeds() {
    return LongStream.range(0, 40);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void a_bucket_never_admits_more_than_its_capacity_and_its_refill(long seed) {
    assertNoIntervalExceeds(admissions(LimiterKind.BUCKET, seed), LIMIT);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void quanta_never_admit_more_than_the_refill_and_one_request(long seed) {
    assertNoIntervalExceeds(admissions(LimiterKind.QUANTA, seed), LARGEST);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void no_minute_of_a_window_holds_more_than_the_limit(long seed) {
    var admissions = admissions(LimiterKind.WINDOW, seed);

    for (int first = 0; first < admissions.size(); first++) {
      var sum = 0L;
      for (int i = first; i < admissions.size(); i++) {
        if (admissions.get(i).at - admissions.get(first).at >= MINUTE) {
          break;
        }
        sum += admissions.get(i).tokens;
      }
      assertThat(sum).as("minute from admission %d", first).isLessThanOrEqualTo(LIMIT);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void who_waits_as_long_as_told_is_admitted_and_not_a_token_later_than_needed(long seed) {
    for (var kind : LimiterKind.values()) {
      var random = new SplittableRandom(seed);
      var pool = new PoolLimiter(new Limits(0, LIMIT, 0), kind, 1, 0);
      var now = 0L;
      for (int i = 0; i < 200; i++) {
        var tokens = 1 + random.nextLong(LARGEST);
        now += random.nextLong(SECONDS.toNanos(5));
        if (pool.admit(tokens, now) instanceof Refused refused) {
          // A whole unit's drain earlier it must still be refused: the wait is exact to a unit.
          var early = now + refused.waitNanos() - MINUTE / LIMIT - 1_000;
          if (early > now) {
            assertThat(pool.admit(tokens, early)).as("%s, early", kind).isInstanceOf(Refused.class);
          }
          now += refused.waitNanos();
          assertThat(pool.admit(tokens, now)).as("%s, in time", kind).isInstanceOf(Admitted.class);
        }
      }
    }
  }

  /** Any interval of t from an admission on: at most burst + refill × t. */
  private static void assertNoIntervalExceeds(List<Admission> admissions, long burst) {
    for (int first = 0; first < admissions.size(); first++) {
      var sum = 0L;
      for (int i = first; i < admissions.size(); i++) {
        sum += admissions.get(i).tokens;
        var elapsed = admissions.get(i).at - admissions.get(first).at;
        var refilled = elapsed / 1_000 * LIMIT / (MINUTE / 1_000);
        assertThat(sum).isLessThanOrEqualTo(burst + refilled + 1);
      }
    }
  }

  private static List<Admission> admissions(LimiterKind kind, long seed) {
    var random = new SplittableRandom(seed);
    var pool = new PoolLimiter(new Limits(0, LIMIT, 0), kind, 1, 0);
    var admissions = new ArrayList<Admission>();
    var now = 0L;
    for (int i = 0; i < 600; i++) {
      now += random.nextInt(4) == 0 ? random.nextLong(SECONDS.toNanos(9)) : random.nextLong(3_000);
      var tokens = 1 + random.nextLong(LARGEST);
      if (pool.admit(tokens, now) instanceof Admitted) {
        admissions.add(new Admission(now, tokens));
      }
    }
    return admissions;
  }

  private record Admission(long at, long tokens) {}
}
