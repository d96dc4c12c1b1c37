package dev.sluice.worker.budget;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.budget.Pool;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.message.LimitingFactor;
import dev.sluice.common.message.WorkerReport.BandwidthReport;
import dev.sluice.common.topic.Priority;
import dev.sluice.worker.budget.Reservation.Closed;
import dev.sluice.worker.budget.Reservation.Held;
import dev.sluice.worker.budget.Reservation.TooLarge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PoolScheduleTest {
  private static final Pool POOL =
      new Pool("p", Set.of("m"), "default", false, new Tier(60_000, 6_000_000, null, 6_000_000L));

  private static final Instant NOW = Instant.EPOCH;
  private static final long DAY = 5_970_000;
  private static final long REFILLED = 2_000;

  private final TestingStateStore store = new TestingStateStore();
  private final Slots slots = new Slots();
  private final PoolSchedule schedule = aSchedule();

  @AfterEach
  void close() {
    schedule.close();
  }

  @Test
  void requests_start_in_the_order_in_which_they_came() throws Exception {
    var answers = new ArrayList<CompletableFuture<Reservation>>();
    for (int i = 0; i < 50; i++) answers.add(schedule.reserve(Priority.INTERACTIVE, 1_000, NOW));
    var starts = new ArrayList<Long>();
    for (var answer : answers) starts.add(((Held) answer.get(5, SECONDS)).startAt());
    assertThat(starts).isSorted();
  }

  @Test
  void a_request_that_can_never_fit_is_refused_with_its_figures() throws Exception {
    assertThat(schedule.reserve(Priority.INTERACTIVE, 6_000_001, NOW).get(5, SECONDS))
        .isEqualTo(new TooLarge(6_000_001, 6_000_000));
  }

  @Test
  void a_request_that_leaves_the_line_costs_nothing() throws Exception {
    var gate = new CountDownLatch(1);
    store.hold(gate);
    var leaving = schedule.reserve(Priority.INTERACTIVE, 500_000, NOW);
    leaving.cancel(false);
    gate.countDown();
    var next = (Held) schedule.reserve(Priority.INTERACTIVE, 100, NOW).get(5, SECONDS);
    // 500,000 tokens would be 5 s
    assertThat(next.startAt() - System.nanoTime()).isLessThan(SECONDS.toNanos(2));
  }

  @Test
  void what_is_refused_to_one_is_refused_to_all_until_a_probe_succeeds() throws Exception {
    var held = (Held) schedule.reserve(Priority.INTERACTIVE, 100, NOW).get(5, SECONDS);
    schedule.openCircuit(ErrorCode.INSUFFICIENT_QUOTA, held.probe());
    assertThat(schedule.reserve(Priority.INTERACTIVE, 100, NOW).get(5, SECONDS))
        .isEqualTo(new Closed(ErrorCode.INSUFFICIENT_QUOTA));
    schedule.closeCircuit();
    assertThat(schedule.reserve(Priority.INTERACTIVE, 100, NOW).get(5, SECONDS))
        .isInstanceOf(Held.class);
  }

  @Test
  void a_store_that_does_not_answer_stops_the_line_and_loses_nobody() throws Exception {
    store.fail(true);
    var waiting = schedule.reserve(Priority.INTERACTIVE, 100, NOW);
    store.awaitFailures(2);
    assertThat(waiting).isNotDone();
    store.fail(false);
    assertThat(waiting.get(5, SECONDS)).isInstanceOf(Held.class);
  }

  @Test
  void what_is_given_back_without_an_answer_is_given_back_once() throws Exception {
    var kept = schedule.reserve(Priority.INTERACTIVE, 100_000, NOW).get(5, SECONDS);
    var held = (Held) schedule.reserve(Priority.INTERACTIVE, 100_000, NOW).get(5, SECONDS);
    assertThat(kept).isInstanceOf(Held.class);
    store.loseAnswer();
    schedule.giveBack(held);
    // Whoever comes next finds all of it done
    schedule.reserve(Priority.INTERACTIVE, 1, NOW).get(5, SECONDS);
    assertThat(ofTheDay()).isCloseTo(DAY - 100_000, within(REFILLED));
  }

  @Test
  void a_start_that_was_given_without_an_answer_is_told_and_charged_once() throws Exception {
    schedule.reserve(Priority.INTERACTIVE, 1, NOW).get(5, SECONDS);
    store.loseAnswer();
    assertThat(schedule.reserve(Priority.INTERACTIVE, 100_000, NOW).get(5, SECONDS))
        .isInstanceOf(Held.class);
    assertThat(ofTheDay()).isCloseTo(DAY - 100_000, within(REFILLED));
  }

  @Test
  void a_start_that_is_long_past_is_given_up() throws Exception {
    var held = (Held) schedule.reserve(Priority.INTERACTIVE, 1, NOW).get(5, SECONDS);
    assertThat(schedule.isStale(held)).isFalse();
    var late =
        new Held(
            held.pool(),
            held.priority(),
            held.tokens(),
            held.startAt() - SECONDS.toNanos(10),
            held.start(),
            held.limitedBy(),
            held.probe(),
            held.alone());
    assertThat(schedule.isStale(late)).isTrue();
  }

  /** Tokens of the day that are left: next to nothing of it is refilled while a test runs. */
  private long ofTheDay() {
    return PoolState.decode(store.stored(), BudgetFixtures.settings(), POOL.tier().limits())
        .orElseThrow()
        .buckets()
        .available(Bandwidth.TPD);
  }

  @Test
  void no_more_are_reserved_than_there_are_slots_and_one_that_ends_lets_the_next_start()
      throws Exception {
    slots.limit(2);
    slots.onFree(schedule::wake);
    var first = (Held) ask(Priority.INTERACTIVE).get(5, SECONDS);
    assertThat(ask(Priority.INTERACTIVE).get(5, SECONDS)).isInstanceOf(Held.class);
    var third = ask(Priority.INTERACTIVE);
    var fourth = ask(Priority.INTERACTIVE);
    await().until(() -> schedule.activity().limitedBy() == LimitingFactor.CONCURRENCY);
    assertThat(third).isNotDone();
    schedule.ended(first);
    assertThat(third.get(5, SECONDS)).isInstanceOf(Held.class);
    assertThat(fourth).isNotDone();
    slots.limit(3);
    assertThat(fourth.get(5, SECONDS)).isInstanceOf(Held.class);
    assertThat(schedule.activity().interactive().inFlight()).isEqualTo(3);
  }

  @Test
  void a_slot_that_is_offered_to_one_who_leaves_is_not_lost() throws Exception {
    slots.limit(1);
    slots.onFree(schedule::wake);
    var gate = new CountDownLatch(1);
    store.hold(gate);
    var leaving = ask(Priority.INTERACTIVE);
    leaving.cancel(false);
    gate.countDown();
    assertThat(ask(Priority.INTERACTIVE).get(5, SECONDS)).isInstanceOf(Held.class);
  }

  @Test
  void background_requests_keep_their_share_of_scarce_slots() throws Exception {
    slots.limit(1);
    slots.onFree(schedule::wake);
    var hold = (Held) ask(Priority.INTERACTIVE).get(5, SECONDS);
    var interactive = new ArrayList<CompletableFuture<Reservation>>();
    for (int i = 0; i < 30; i++) interactive.add(ask(Priority.INTERACTIVE));
    var behind = ask(Priority.BACKGROUND);
    long before = 0;
    while (!behind.isDone()) {
      before = interactive.stream().filter(CompletableFuture::isDone).count();
      long now = before;
      schedule.ended(hold);
      await()
          .until(() ->
              behind.isDone()
                  || interactive.stream().filter(CompletableFuture::isDone).count() > now);
    }
    assertThat(before).isBetween(5L, 20L); // a tenth of the slots is theirs
  }

  @Test
  void nothing_of_a_paused_priority_is_reserved_until_it_goes_on() throws Exception {
    schedule.pause(Priority.BACKGROUND, true);
    var paused = ask(Priority.BACKGROUND);
    assertThat(ask(Priority.INTERACTIVE).get(5, SECONDS)).isInstanceOf(Held.class);
    assertThat(paused).isNotDone();
    assertThat(schedule.activity().limitedBy()).isEqualTo(LimitingFactor.PAUSED);
    schedule.pause(Priority.BACKGROUND, false);
    assertThat(paused.get(5, SECONDS)).isInstanceOf(Held.class);
  }

  @Test
  void it_tells_what_was_used_and_which_limit_makes_requests_wait() throws Exception {
    for (int i = 0; i < 3; i++) ask(Priority.INTERACTIVE, 200_000);
    await().until(() -> schedule.activity().limitedBy() == LimitingFactor.TPM);
    await().until(() -> sum(BandwidthReport::used) + sum(BandwidthReport::reserved) >= 200_000);
  }

  private long sum(ToLongFunction<BandwidthReport> figure) {
    return schedule.activity().bandwidths().stream()
        .filter(each -> each.bandwidth() == Bandwidth.TPM)
        .mapToLong(figure)
        .sum();
  }

  private CompletableFuture<Reservation> ask(Priority priority) {
    return ask(priority, 10);
  }

  private CompletableFuture<Reservation> ask(Priority priority, long tokens) {
    return schedule.reserve(priority, tokens, NOW);
  }

  private PoolSchedule aSchedule() {
    var settings = BudgetFixtures.settings();
    var meters = new BudgetMeters(new SimpleMeterRegistry());
    var shared =
        new SharedPool(
            POOL.name(),
            1,
            store,
            settings,
            POOL.tier().limits(),
            new Random(1),
            System::nanoTime,
            meters);
    return new PoolSchedule(POOL, shared, settings, System::nanoTime, slots, meters);
  }
}
