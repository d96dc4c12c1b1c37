package dev.sluice.api.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.api.TestingStack;
import dev.sluice.api.admission.Admitted.Cached;
import dev.sluice.api.admission.Admitted.Coalesced;
import dev.sluice.api.admission.Admitted.Queueable;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import dev.sluice.common.spend.SpendPeriod;
import dev.sluice.common.spend.SpendScope;
import dev.sluice.common.topic.Reply;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Spend caps where requests are admitted, on a real Redis; each test with a team of its own. */
class AdmissionSpendTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String ANY =
      "{\"model\":\"small\",\"input\":\"hi\",\"max_output_tokens\":100}";
  private static final String QUESTION =
      "{\"model\":\"small\",\"input\":\"hi\",\"max_output_tokens\":100,\"temperature\":0}";

  private final AdmissionFixture fixture = new AdmissionFixture(TestingStack.redis());
  private final String team = "t" + UUID.randomUUID();
  private final Caller caller = aCaller();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void five_hundred_at_once_cannot_pass_a_cap() throws Exception {
    var cap = fixture.spend().cap(SpendScope.TEAM, team, SpendPeriod.DAY, null, "1.00");
    var month = fixture.spend().cap(SpendScope.TEAM, team, SpendPeriod.MONTH, null, "1000");
    assertThat(fixture.spend().spent(cap).reserved()).isEqualByComparingTo("0");
    var tries = new ArrayList<Callable<Boolean>>();
    for (int i = 0; i < 500; i++) tries.add(() -> isAdmitted(aCaller()));
    int admitted = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var each : threads.invokeAll(tries)) if (each.get()) admitted++;
    }
    var held = fixture.spend().spent(cap).reserved();
    // All are alike, so what is held is a whole number of estimates
    var estimate = held.divide(BigDecimal.valueOf(admitted));
    assertThat(held).isLessThanOrEqualTo(new BigDecimal("1.00"));
    assertThat(held.add(estimate)).isGreaterThan(new BigDecimal("1.00"));
    // Nothing stays held for those who were refused, by whichever cap
    assertThat(fixture.spend().spent(month).reserved()).isEqualByComparingTo(held);
  }

  private boolean isAdmitted(Caller who) {
    try {
      return admit(who, ANY) instanceof Queueable;
    } catch (SluiceException refusal) {
      assertThat(refusal.code()).isEqualTo(ErrorCode.SPEND_CAP_REACHED);
      return false;
    }
  }

  @Test
  void an_answer_that_needs_no_call_is_given_though_the_cap_is_reached() {
    var leader = (Queueable) admit(caller, QUESTION);
    var cap = fixture.spend().cap(SpendScope.TEAM, team, SpendPeriod.DAY, null, "0");
    assertThat(admit(caller, QUESTION)).isInstanceOf(Coalesced.class);

    var question = Objects.requireNonNull(leader.concern().question());
    fixture
        .answers()
        .record(question, leader.request().id(), () -> true)
        .accept(
            new Reply(
                leader.request().id(),
                1,
                1,
                true,
                "{\"type\":\"response.completed\"}".getBytes(UTF_8)));
    fixture.awaitAnswer(question.fingerprint());
    assertThat(admit(caller, QUESTION)).isInstanceOf(Cached.class);
    assertThat(fixture.spend().spent(cap).reserved()).isEqualByComparingTo("0");
    assertRefused(caller, ANY);
  }

  @Test
  void who_is_refused_leads_nobody_and_leaves_no_place_in_the_lane() {
    fixture.spend().cap(SpendScope.USER, caller.user(), SpendPeriod.DAY, null, "0");
    assertRefused(caller, QUESTION);
    var free = aCaller();
    var first = (Queueable) admit(free, QUESTION);
    assertThat(first.standing().position()).isZero();
  }

  @Test
  void who_would_take_the_place_of_a_failed_leader_needs_room_below_the_cap() {
    admit(caller, QUESTION);
    var follower = (Coalesced) admit(caller, QUESTION);
    fixture.spend().cap(SpendScope.TEAM, team, SpendPeriod.DAY, null, "0");
    var refusal =
        catchThrowableOfType(
            SluiceException.class, () -> fixture.admission().succeed(follower, follower.leader()));
    assertThat(refusal.code()).isEqualTo(ErrorCode.SPEND_CAP_REACHED);
  }

  @Test
  void a_withdrawn_request_holds_nothing() {
    var cap = fixture.spend().cap(SpendScope.TEAM, team, SpendPeriod.DAY, null, "1.00");
    var admitted = admit(caller, ANY);
    assertThat(fixture.spend().spent(cap).reserved()).isPositive();
    fixture.admission().withdraw(admitted);
    assertThat(fixture.spend().spent(cap).reserved()).isEqualByComparingTo("0");
  }

  private void assertRefused(Caller who, String body) {
    var refusal = catchThrowableOfType(SluiceException.class, () -> admit(who, body));
    assertThat(refusal.code()).isEqualTo(ErrorCode.SPEND_CAP_REACHED);
  }

  private Admitted admit(Caller who, String body) {
    return fixture.admission().admit(who, (ObjectNode) JSON.readTree(body), Wishes.NONE, false);
  }

  private Caller aCaller() {
    return new Caller(UUID.randomUUID().toString(), team, Set.of("chat"));
  }
}
