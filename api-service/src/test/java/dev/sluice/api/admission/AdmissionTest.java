package dev.sluice.api.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.api.TestingStack;
import dev.sluice.api.admission.Admitted.Cached;
import dev.sluice.api.admission.Admitted.Coalesced;
import dev.sluice.api.admission.Admitted.Queueable;
import dev.sluice.api.admission.Admitted.Repeated;
import dev.sluice.api.lanes.LaneLength;
import dev.sluice.api.lanes.Pace;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import dev.sluice.common.message.LimitingFactor;
import dev.sluice.common.topic.Priority;
import dev.sluice.common.topic.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** On a real Redis; each test with users of its own. */
class AdmissionTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String QUESTION =
      "{\"model\":\"small\",\"input\":\"What is a tide?\",\"temperature\":0}";

  private final AdmissionFixture fixture = new AdmissionFixture(TestingStack.redis());
  private final Caller caller = aCaller();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void a_request_takes_a_place_in_its_lane_and_of_its_users_limit() {
    var first = (Queueable) admit(caller, "{\"model\":\"small\",\"input\":\"hi\"}", Wishes.NONE);
    var second = (Queueable) admit(caller, "{\"model\":\"small\",\"input\":\"hi\"}", Wishes.NONE);
    assertThat(first.request().priority()).isEqualTo(Priority.INTERACTIVE);
    assertThat(first.concern().lane().pool()).isEqualTo(fixture.pool());
    assertThat(first.standing().position()).isZero();
    assertThat(second.standing().position()).isEqualTo(1);
    assertThat(second.ticket().number()).isEqualTo(first.ticket().number() + 1);
    assertThat(second.allowance().remaining()).isEqualTo(first.allowance().remaining() - 1);
  }

  @Test
  void of_fifty_at_once_no_more_are_admitted_than_the_limit_allows() throws Exception {
    var attempts = new ArrayList<Callable<Boolean>>();
    for (int i = 0; i < 50; i++) attempts.add(() -> isAdmitted(caller));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      int admitted = 0;
      for (var attempt : threads.invokeAll(attempts)) if (attempt.get()) admitted++;
      assertThat(admitted).isEqualTo(10);
    }
    assertThat(isAdmitted(aCaller())).isTrue();
  }

  private boolean isAdmitted(Caller who) {
    try {
      admit(who, "{\"model\":\"small\",\"input\":\"hi\"}", Wishes.NONE);
      return true;
    } catch (SluiceException refusal) {
      // Those who are about to be refused count as waiting for a moment
      assertThat(refusal.code()).isIn(ErrorCode.USER_LIMIT_EXCEEDED, ErrorCode.TOO_MANY_QUEUED);
      return false;
    }
  }

  @Test
  void a_role_may_have_a_limit_of_its_own() {
    var generous = new Caller(UUID.randomUUID().toString(), "none", Set.of("chat", "batch"));
    for (int i = 0; i < 20; i++) assertThat(isAdmitted(generous)).isTrue();
  }

  @RepeatedTest(20) // they race in another order each time
  void requests_with_one_idempotency_key_are_one_request() throws Exception {
    var wishes = Wishes.NONE.withIdempotencyKey("k-1");
    var tries = new ArrayList<Callable<Admitted>>();
    for (int i = 0; i < 5; i++) tries.add(() -> admit(caller, QUESTION, wishes));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var ids = new ArrayList<String>();
      int queueable = 0;
      for (var each : threads.invokeAll(tries))
        switch (each.get()) {
          case Queueable(_, var request, _, _, _, _) -> {
            queueable++;
            ids.add(request.id());
          }
          case Repeated(var id) -> ids.add(id);
          default -> throw new AssertionError(each.get());
        }
      assertThat(queueable).isEqualTo(1);
      assertThat(Set.copyOf(ids)).hasSize(1);
    }
    var refusal =
        catchThrowableOfType(
            SluiceException.class,
            () -> admit(caller, "{\"model\":\"small\",\"input\":\"another\"}", wishes));
    assertThat(refusal.code()).isEqualTo(ErrorCode.IDEMPOTENCY_KEY_REUSED);
    assertThat(admit(aCaller(), QUESTION, wishes)).isInstanceOf(Queueable.class);
  }

  @Test
  void a_key_is_remembered_for_as_long_as_its_response_can_be_given_again() {
    admit(caller, QUESTION, Wishes.NONE.withIdempotencyKey("stored"));
    assertThat(fixture.repeatable(caller.user(), "stored"))
        .isBetween(Duration.ofHours(23), Duration.ofHours(24));
    var unstored = "{\"model\":\"small\",\"input\":\"hi\",\"store\":false}";
    admit(caller, unstored, Wishes.NONE.withIdempotencyKey("unstored"));
    assertThat(fixture.repeatable(caller.user(), "unstored"))
        .isPositive()
        .isLessThanOrEqualTo(AdmissionFixture.EVENTS_KEPT);
  }

  @Test
  void the_key_of_a_cancelled_request_is_free_again_and_its_question_still_led() {
    var wishes = Wishes.NONE.withIdempotencyKey("k-3");
    var first = (Queueable) admit(caller, QUESTION, wishes);
    fixture.admission().cancelled(first);
    var again = (Coalesced) admit(caller, QUESTION, wishes);
    assertThat(again.leader().id().value()).isEqualTo(first.request().id());
    fixture.admission().cancelled(first); // the key is another's now
    assertThat(admit(caller, QUESTION, wishes)).isEqualTo(new Repeated(again.request().id()));
  }

  @Test
  void of_those_who_ask_the_same_at_once_one_leads_and_the_others_follow() throws Exception {
    var tries = new ArrayList<Callable<Admitted>>();
    for (int i = 0; i < 8; i++) tries.add(() -> admit(caller, QUESTION, Wishes.NONE));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var leaders = new ArrayList<String>();
      var followed = new ArrayList<String>();
      for (var each : threads.invokeAll(tries))
        switch (each.get()) {
          case Queueable(_, var request, _, _, _, _) -> leaders.add(request.id());
          case Coalesced(_, _, var leader, _) -> followed.add(leader.id().value());
          default -> throw new AssertionError(each.get());
        }
      assertThat(leaders).hasSize(1);
      assertThat(followed).hasSize(7).containsOnly(leaders.getFirst());
    }
    assertThat(admit(aCaller(), QUESTION, Wishes.NONE)).isInstanceOf(Queueable.class);
  }

  @Test
  void what_was_answered_is_answered_again_for_the_same_user_alone() {
    var leader = (Queueable) admit(caller, QUESTION, Wishes.NONE);
    answer(leader);
    fixture.awaitAnswer(Objects.requireNonNull(leader.concern().fingerprint()));
    var again = (Cached) admit(caller, QUESTION, Wishes.NONE);
    assertThat(again.answer().events())
        .containsExactly("{\"type\":\"response.completed\"}".getBytes(UTF_8));
    assertThat(again.request().id()).isNotEqualTo(leader.request().id());
    assertThat(admit(caller, QUESTION, Wishes.NONE.withCache(false))).isInstanceOf(Queueable.class);
    assertThat(admit(aCaller(), QUESTION, Wishes.NONE)).isInstanceOf(Queueable.class);
  }

  @Test
  void what_is_not_to_be_stored_is_shared_while_it_is_made_and_not_kept() {
    var unstored = Wishes.NONE.withStoring(false);
    var leader = (Queueable) admit(caller, QUESTION, unstored);
    assertThat(admit(caller, QUESTION, unstored)).isInstanceOf(Coalesced.class);
    answer(leader);
    fixture.awaitLanding(Objects.requireNonNull(leader.concern().fingerprint()));
    var wished = (Queueable) admit(caller, QUESTION, unstored.withCache(true));
    answer(wished);
    fixture.awaitAnswer(Objects.requireNonNull(wished.concern().fingerprint()));
  }

  @Test
  void an_answer_whose_response_was_deleted_is_given_to_nobody() {
    var leader = (Queueable) admit(caller, QUESTION, Wishes.NONE);
    answer(leader);
    fixture.awaitAnswer(Objects.requireNonNull(leader.concern().fingerprint()));
    fixture.answers().forget(leader.request().id()).join();
    assertThat(admit(caller, QUESTION, Wishes.NONE)).isInstanceOf(Queueable.class);
  }

  @Test
  void an_answer_that_ends_after_its_response_was_deleted_is_not_kept() {
    var leader = (Queueable) admit(caller, QUESTION, Wishes.NONE);
    fixture.answers().forget(leader.request().id()).join();
    answer(leader);
    fixture.awaitLanding(Objects.requireNonNull(leader.concern().fingerprint()));
    assertThat(admit(caller, QUESTION, Wishes.NONE)).isInstanceOf(Queueable.class);
  }

  @Test
  void the_answer_of_one_is_given_to_its_team_where_that_is_the_scope() {
    var kept = anAnswered("TEAM", new Caller("a" + UUID.randomUUID(), "red", Set.of("chat")));
    var colleague = new Caller("b" + UUID.randomUUID(), "red", Set.of("chat"));
    assertThat(kept.admission().admit(colleague, body(QUESTION), Wishes.NONE, false))
        .isInstanceOf(Cached.class);
    var stranger = new Caller("c" + UUID.randomUUID(), "blue", Set.of("chat"));
    assertThat(kept.admission().admit(stranger, body(QUESTION), Wishes.NONE, false))
        .isInstanceOf(Queueable.class);
    kept.close();
  }

  @Test
  void the_answer_of_one_is_given_to_everybody_where_that_is_the_scope() {
    var kept = anAnswered("GLOBAL", new Caller("a" + UUID.randomUUID(), "red", Set.of("chat")));
    var stranger = new Caller("c" + UUID.randomUUID(), "blue", Set.of("chat"));
    assertThat(kept.admission().admit(stranger, body(QUESTION), Wishes.NONE, false))
        .isInstanceOf(Cached.class);
    kept.close();
  }

  /** Somebody has asked and was answered. */
  private static AdmissionFixture anAnswered(String scope, Caller first) {
    var shared = new AdmissionFixture(TestingStack.redis(), scope);
    var leader = (Queueable) shared.admission().admit(first, body(QUESTION), Wishes.NONE, false);
    answer(shared, leader);
    shared.awaitAnswer(Objects.requireNonNull(leader.concern().fingerprint()));
    return shared;
  }

  private void answer(Queueable leader) {
    answer(fixture, leader);
  }

  private static void answer(AdmissionFixture fixture, Queueable leader) {
    var event = "{\"type\":\"response.completed\"}".getBytes(UTF_8);
    fixture
        .answers()
        .record(
            Objects.requireNonNull(leader.concern().question()), leader.request().id(), () -> true)
        .accept(new Reply(leader.request().id(), 1, 1, true, event));
  }

  @Test
  void nobody_who_waits_follows_one_for_whom_nobody_does() {
    var background = Wishes.NONE.withPriority(Priority.BACKGROUND);
    assertThat(admit(caller, QUESTION, background)).isInstanceOf(Queueable.class);
    var waits = (Queueable) admit(caller, QUESTION, Wishes.NONE);
    var follows = (Coalesced) admit(caller, QUESTION, Wishes.NONE);
    assertThat(follows.leader().id().value()).isEqualTo(waits.request().id());
    var later = (Coalesced) admit(caller, QUESTION, background);
    assertThat(later.leader().id().value()).isEqualTo(waits.request().id());
  }

  @Test
  void who_cannot_wait_for_the_one_who_leads_is_refused() {
    for (int i = 0; i < 5; i++)
      admit(
          caller, "{\"model\":\"small\",\"input\":\"hi\",\"max_output_tokens\":1000}", Wishes.NONE);
    admit(caller, QUESTION, Wishes.NONE);
    var impatient =
        new Wishes(null, null, Duration.ofSeconds(1), false, Priority.INTERACTIVE, true);
    var refusal =
        catchThrowableOfType(SluiceException.class, () -> admit(caller, QUESTION, impatient));
    assertThat(refusal.code()).isEqualTo(ErrorCode.WAIT_TOO_LONG);
    assertThat(admit(caller, QUESTION, Wishes.NONE)).isInstanceOf(Coalesced.class);
  }

  @Test
  void a_withdrawn_request_leaves_nothing_behind() {
    var wishes = Wishes.NONE.withIdempotencyKey("k-2");
    var first = (Queueable) admit(caller, QUESTION, wishes);
    fixture.admission().withdraw(first);
    var second = (Queueable) admit(caller, QUESTION, wishes);
    assertThat(second.standing().position()).isZero();
  }

  @Test
  void a_user_has_no_more_requests_waiting_than_may() {
    var generous = new Caller(UUID.randomUUID().toString(), "none", Set.of("batch"));
    var waiting = new ArrayList<Queueable>();
    for (int i = 0; i < 30; i++)
      waiting.add(
          (Queueable) admit(generous, "{\"model\":\"small\",\"input\":\"hi\"}", Wishes.NONE));
    assertRefused(generous, ErrorCode.TOO_MANY_QUEUED, Wishes.NONE);
    fixture.admission().started(waiting.getFirst().request());
    assertThat(isAdmitted(generous)).isTrue();
  }

  @Test
  void who_cannot_wait_is_refused_with_the_time_to_come_again() {
    for (int i = 0; i < 5; i++)
      admit(
          caller, "{\"model\":\"small\",\"input\":\"hi\",\"max_output_tokens\":1000}", Wishes.NONE);
    var impatient =
        new Wishes(null, null, Duration.ofSeconds(1), false, Priority.INTERACTIVE, true);
    var refusal =
        catchThrowableOfType(
            SluiceException.class,
            () -> admit(caller, "{\"model\":\"small\",\"input\":\"hi\"}", impatient));
    assertThat(refusal.code()).isEqualTo(ErrorCode.WAIT_TOO_LONG);
    // 5,000 tokens ahead of 60,000 a minute: 5 s, of which it would wait 1
    assertThat(refusal.headers()).containsEntry("retry-after", "5");
  }

  @Test
  void who_comes_to_a_lane_that_stands_still_is_not_told_a_time_and_not_refused() {
    fixture.move(Pace.halted(LimitingFactor.PAUSED));
    var impatient = new Wishes(null, null, Duration.ZERO, false, Priority.INTERACTIVE, true);
    var waits = (Queueable) admit(caller, QUESTION, impatient);
    assertThat(waits.standing()).isEqualTo(new LaneLength.Standing(0, null, LimitingFactor.PAUSED));
  }

  @Test
  void what_is_in_the_background_stands_behind_what_somebody_waits_for() {
    for (int i = 0; i < 3; i++)
      admit(caller, "{\"model\":\"small\",\"input\":\"hi\"}", Wishes.NONE);
    var background = Wishes.NONE.withPriority(Priority.BACKGROUND);
    var waits = (Queueable) admit(caller, QUESTION, background);
    assertThat(waits.standing().position()).isEqualTo(3);
    assertThat(waits.ticket().number()).isEqualTo(1);
  }

  @Test
  void what_the_cache_cannot_tell_is_a_miss() {
    var leader = (Queueable) admit(caller, QUESTION, Wishes.NONE);
    answer(leader);
    var fingerprint = Objects.requireNonNull(leader.concern().fingerprint());
    fixture.awaitAnswer(fingerprint);
    fixture.awaitLanding(fingerprint);
    fixture.spoilAnswer(fingerprint);
    assertThat(admit(caller, QUESTION, Wishes.NONE)).isInstanceOf(Queueable.class);
  }

  @Test
  void without_redis_nothing_is_admitted() {
    fixture.loseRedis();
    var refusal =
        catchThrowableOfType(SluiceException.class, () -> admit(caller, QUESTION, Wishes.NONE));
    assertThat(refusal.code()).isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
    assertThat(refusal.headers()).containsKey("retry-after");
  }

  private void assertRefused(Caller who, ErrorCode code, Wishes wishes) {
    var refusal =
        catchThrowableOfType(
            SluiceException.class,
            () -> admit(who, "{\"model\":\"small\",\"input\":\"hi\"}", wishes));
    assertThat(refusal.code()).isEqualTo(code);
  }

  private Admitted admit(Caller who, String body, Wishes wishes) {
    return fixture.admission().admit(who, body(body), wishes, false);
  }

  private static ObjectNode body(String json) {
    return (ObjectNode) JSON.readTree(json);
  }

  private static Caller aCaller() {
    return new Caller(UUID.randomUUID().toString(), "none", Set.of("chat"));
  }
}
