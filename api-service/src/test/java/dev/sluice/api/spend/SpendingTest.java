package dev.sluice.api.spend;

import static dev.sluice.api.spend.SpendFixture.aRequest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.api.TestingStack;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.spend.SpendPeriod;
import dev.sluice.common.spend.SpendScope;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** On a real Redis and a real Postgres; each test with subjects of its own. */
@TestInstance(Lifecycle.PER_CLASS)
class SpendingTest {
  private final String user = "u" + UUID.randomUUID();
  private final String team = "t" + UUID.randomUUID();
  private final String project = "p" + UUID.randomUUID();
  private RedisClient client;
  private StatefulRedisConnection<String, byte[]> redis;

  @BeforeAll
  void connect() {
    client = RedisClient.create(TestingStack.redis());
    redis = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
  }

  @AfterAll
  void disconnect() {
    client.shutdown();
  }

  static Stream<Arguments> scopesAndPeriods() {
    return Arrays.stream(SpendScope.values())
        .flatMap(scope ->
            Arrays.stream(SpendPeriod.values()).map(period -> Arguments.of(scope, period)));
  }

  @ParameterizedTest
  @MethodSource("scopesAndPeriods")
  void a_hard_cap_holds_for_its_subject_until_its_period_ends(
      SpendScope scope, SpendPeriod period) {
    var fixture = new SpendFixture(redis);
    var subject = scope.label() + UUID.randomUUID();
    fixture.cap(scope, subject, period, null, "0.05");
    assertThat(isReserved(fixture.spending(), of(scope, subject, Instant.now()))).isTrue();
    assertThat(isReserved(fixture.spending(), of(scope, subject, Instant.now()))).isTrue();

    var refusal = refusal(fixture.spending(), of(scope, subject, Instant.now()));
    assertThat(refusal.code()).isEqualTo(ErrorCode.SPEND_CAP_REACHED);
    assertThat(refusal.headers()).containsEntry("x-should-retry", "false");
    var end = period.endOf(period.startOf(Instant.now()));
    assertThat(Long.parseLong(String.valueOf(refusal.headers().get("retry-after"))))
        .isBetween(0L, Duration.between(Instant.now(), end).toSeconds() + 2);
    assertThat(refusal.detail())
        .contains(period == SpendPeriod.DAY ? "daily" : "monthly", end.toString());
    // How much others may spend is not everybody's business
    assertThat(refusal.detail().contains("0.05 USD")).isEqualTo(scope == SpendScope.USER);

    assertThat(isReserved(fixture.spending(), of(scope, "another", Instant.now()))).isTrue();
    assertThat(isReserved(fixture.spending(), of(scope, subject, end.plusSeconds(1)))).isTrue();
  }

  private static RequestEnvelope of(SpendScope scope, String subject, Instant at) {
    return aRequest(
        anId(),
        scope == SpendScope.USER ? subject : "none",
        scope == SpendScope.TEAM ? subject : "none",
        scope == SpendScope.PROJECT ? subject : "none",
        at);
  }

  @Test
  void where_one_of_several_caps_refuses_the_others_hold_nothing() {
    var fixture = new SpendFixture(redis);
    var wide = fixture.cap(SpendScope.TEAM, team + "1", SpendPeriod.MONTH, null, "100");
    fixture.cap(SpendScope.USER, user + "1", SpendPeriod.DAY, null, "0.01");
    var refusal = refusal(fixture.spending(), aRequest(anId(), user + "1", team + "1", ""));
    assertThat(refusal.detail()).startsWith("Your daily spend cap of 0.01 USD");
    assertThat(fixture.spent(wide).reserved()).isEqualByComparingTo("0");
  }

  @Test
  void who_has_no_cap_costs_redis_nothing_and_needs_no_ledger() {
    var fixture = new SpendFixture(redis);
    fixture.cap(SpendScope.USER, "somebody", SpendPeriod.DAY, null, "1");
    fixture.loseLedger();
    assertThat(fixture.spending().reserve(aRequest(anId(), user, team, project)))
        .isSameAs(SpendReservation.NOTHING);
  }

  @Test
  void what_is_given_back_others_may_have() {
    var fixture = new SpendFixture(redis);
    var cap = fixture.cap(SpendScope.TEAM, team + "2", SpendPeriod.DAY, null, "0.02");
    var first = aRequest(anId(), user, team + "2", "");
    assertThat(isReserved(fixture.spending(), first)).isTrue();
    assertThat(isReserved(fixture.spending(), aRequest(anId(), user, team + "2", ""))).isFalse();
    fixture.spending().release(first.id());
    assertThat(isReserved(fixture.spending(), aRequest(anId(), user, team + "2", ""))).isTrue();
    assertThat(fixture.spent(cap).reserved()).isEqualByComparingTo("0.02");
  }

  @Test
  void after_a_flush_the_account_is_made_of_the_ledger_and_of_what_waits() {
    var fixture = new SpendFixture(redis);
    var cap = fixture.cap(SpendScope.TEAM, team + "3", SpendPeriod.DAY, null, "1.00");
    var waiting = aRequest(anId(), user, team + "3", "");
    assertThat(isReserved(fixture.spending(), waiting)).isTrue();
    fixture.spend(cap.account(Instant.now()), "0.50");
    // Under way by the ledger: 1,000 tokens in, and an answer as long as nobody knows of any
    fixture.opened(aRequest(anId(), user, team + "3", ""));
    fixture.lose(cap);

    assertThat(isReserved(fixture.spending(), aRequest(anId(), user, team + "3", ""))).isTrue();
    var spent = fixture.spent(cap);
    assertThat(spent.settled()).isEqualByComparingTo("0.50");
    assertThat(spent.reserved()).isEqualByComparingTo("0.15"); // 0.02 + 0.11 + 0.02
  }

  @Test
  void another_instance_adds_what_it_holds_to_an_account_that_was_made_anew() {
    var fixture = new SpendFixture(redis);
    var cap = fixture.cap(SpendScope.TEAM, team + "4", SpendPeriod.DAY, null, "1.00");
    var other = fixture.instance();
    var watch = fixture.watch(other);
    assertThat(isReserved(other, aRequest(anId(), user, team + "4", ""))).isTrue();
    watch.look();
    fixture.lose(cap);
    assertThat(isReserved(fixture.spending(), aRequest(anId(), user, team + "4", ""))).isTrue();
    assertThat(fixture.spent(cap).reserved()).isEqualByComparingTo("0.02");
    watch.look();
    assertThat(fixture.spent(cap).reserved()).isEqualByComparingTo("0.04");
  }

  @Test
  void without_redis_figures_and_ledger_nothing_is_admitted_blind() {
    var fixture = new SpendFixture(redis);
    var cap = fixture.cap(SpendScope.TEAM, team + "5", SpendPeriod.DAY, null, "1.00");
    assertThat(isReserved(fixture.spending(), aRequest(anId(), user, team + "5", ""))).isTrue();
    fixture.loseLedger();
    assertThat(isReserved(fixture.spending(), aRequest(anId(), user, team + "5", ""))).isTrue();
    fixture.lose(cap);
    var refusal = refusal(fixture.spending(), aRequest(anId(), user, team + "5", ""));
    assertThat(refusal.code()).isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
    assertThat(refusal.headers()).containsKey("retry-after");
    fixture.findLedger();
    assertThat(isReserved(fixture.spending(), aRequest(anId(), user, team + "5", ""))).isTrue();
  }

  @Test
  void a_soft_cap_refuses_nobody_and_is_told() {
    var fixture = new SpendFixture(redis);
    var cap = fixture.cap(SpendScope.PROJECT, project, SpendPeriod.MONTH, "0.01", null);
    fixture.spend(cap.account(Instant.now()), "0.01");
    assertThat(isReserved(fixture.spending(), aRequest(anId(), user, team, project))).isTrue();
    fixture.watch().look();
    assertThat(caps(fixture, "project", "month", "soft_passed")).isEqualTo(1);
    assertThat(caps(fixture, "project", "month", "below")).isZero();
    assertThat(fixture.store().note(cap.account(Instant.now()), "soft:0.01").join()).isFalse();

    fixture.cap(SpendScope.PROJECT, project, SpendPeriod.MONTH, "0.01", "0.03");
    fixture.watch().look();
    assertThat(caps(fixture, "project", "month", "reached")).isEqualTo(1);
  }

  private static double caps(SpendFixture fixture, String scope, String period, String state) {
    return fixture
        .registry()
        .get("sluice.spend.caps")
        .tags("scope", scope, "period", period, "state", state)
        .gauge()
        .value();
  }

  @Test
  void a_request_is_estimated_by_its_card_its_tier_and_what_its_model_usually_puts_out() {
    var fixture = new SpendFixture(redis);
    fixture.answered("large-2026-01-01", 10, 500);
    var prices = fixture.estimates().refresh();
    var now = Instant.now();
    assertThat(prices.estimate("small", "default", 100, 10, now)).isEqualByComparingTo("0.002");
    assertThat(prices.estimate("small", "flex", 100, 10, now)).isEqualByComparingTo("0.002");
    assertThat(prices.estimate("small-2026-01-01", "default", 0, 0, now))
        .isEqualByComparingTo("0.1");
    assertThat(prices.estimate("large", "default", 0, 0, now)).isEqualByComparingTo("0.005");
    assertThat(prices.estimate("large", "priority", 0, 10, now)).isEqualByComparingTo("0.003");
    assertThat(prices.estimate("large", "default", 1_001, 10, now)).isEqualByComparingTo("0.02202");
    assertThat(prices.estimate("changing", "default", 100, 10, now)).isEqualByComparingTo("0");
    assertThat(prices.estimate("unheard-of", "default", 100, 10, now)).isEqualByComparingTo("0");
  }

  private static boolean isReserved(Spending spending, RequestEnvelope request) {
    try {
      spending.reserve(request).confirm();
      return true;
    } catch (SluiceException refused) {
      assertThat(refused.code()).isEqualTo(ErrorCode.SPEND_CAP_REACHED);
      return false;
    }
  }

  private static SluiceException refusal(Spending spending, RequestEnvelope request) {
    return catchThrowableOfType(SluiceException.class, () -> spending.reserve(request).confirm());
  }

  private static String anId() {
    return "resp_" + UUID.randomUUID();
  }
}
