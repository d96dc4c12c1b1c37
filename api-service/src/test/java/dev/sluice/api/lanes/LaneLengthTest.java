package dev.sluice.api.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.lanes.Pace.Credit;
import dev.sluice.api.lanes.Pace.Flow;
import dev.sluice.api.lanes.Pace.Slots;
import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.message.LimitingFactor;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LaneLengthTest {
  private static final Pace LIMITS = Pace.of(new Tier(60, 6_000, 10_000L, null));
  private static final LaneLength NOBODY = new LaneLength(7, 700, 7, 700);
  private static final Lane INTERACTIVE = new Lane("p", Priority.INTERACTIVE);
  private static final Lane BACKGROUND = new Lane("p", Priority.BACKGROUND);

  @Test
  void an_empty_lane_of_which_nothing_else_is_known_is_no_wait() {
    assertThat(NOBODY.standing(100, LIMITS))
        .isEqualTo(new LaneLength.Standing(0, Duration.ZERO, null));
  }

  @Test
  void in_an_empty_lane_a_request_waits_for_its_own_charge() {
    // 300 of its 1,000 tokens are there: 700 of 6,000 a minute
    var standing = NOBODY.standing(1_000, tokens(new Credit(0, 300)));
    assertThat(standing.position()).isZero();
    assertThat(standing.eta()).isEqualTo(Duration.ofSeconds(7));
    assertThat(standing.limitedBy()).isEqualTo(LimitingFactor.TPM);
    assertThat(NOBODY.standing(300, tokens(new Credit(0, 300))).eta()).isZero();
  }

  @Test
  void the_scarcer_limit_sets_the_pace() {
    // 3 wait with 900 tokens, and its own 100: 1,000 of 6,000 a minute
    var byTokens = new LaneLength(10, 1_900, 7, 1_000).standing(100, LIMITS);
    assertThat(byTokens.position()).isEqualTo(3);
    assertThat(byTokens.eta()).isEqualTo(Duration.ofSeconds(10));
    assertThat(byTokens.limitedBy()).isEqualTo(LimitingFactor.TPM);
    // 19 wait with hardly a token: 20 of 60 a minute
    var byRequests = new LaneLength(26, 1_019, 7, 1_000).standing(1, LIMITS);
    assertThat(byRequests.eta()).isEqualTo(Duration.ofSeconds(20));
    assertThat(byRequests.limitedBy()).isEqualTo(LimitingFactor.RPM);
  }

  @Test
  void a_debt_is_paid_before_those_who_wait() {
    // 900 in front, its own 100 and 500 owed: 1,500 of 6,000 a minute
    var standing =
        new LaneLength(10, 1_900, 7, 1_000).standing(100, tokens(new Credit(-500, 4_000)));
    assertThat(standing.eta()).isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void a_days_limit_that_is_used_up_is_waited_for() {
    var flows = Map.of(Bandwidth.RPD, new Flow(86_400, new Credit(-59, -59)));
    var standing = NOBODY.standing(1, new Pace(flows, Slots.UNKNOWN, null));
    assertThat(standing.eta()).isEqualTo(Duration.ofMinutes(1));
    assertThat(standing.limitedBy()).isEqualTo(LimitingFactor.RPD);
  }

  @Test
  void where_the_fleet_has_no_place_its_concurrency_sets_the_pace() {
    var pace = new Pace(LIMITS.flows(), new Slots(1, Duration.ofSeconds(4)), null);
    // The first of 3 finds a place, for the others and itself one becomes free every 4 s
    var standing = new LaneLength(10, 1_003, 7, 1_000).standing(1, pace);
    assertThat(standing.eta()).isEqualTo(Duration.ofSeconds(12));
    assertThat(standing.limitedBy()).isEqualTo(LimitingFactor.CONCURRENCY);
  }

  @Test
  void where_nothing_starts_nobody_can_tell_for_how_long() {
    var standing =
        new LaneLength(10, 1_900, 7, 1_000).standing(100, Pace.halted(LimitingFactor.PAUSED));
    assertThat(standing).isEqualTo(new LaneLength.Standing(3, null, LimitingFactor.PAUSED));
  }

  @Test
  void what_is_in_the_background_stands_behind_what_somebody_waits_for() {
    var lengths = Map.of(INTERACTIVE, new LaneLength(10, 1_900, 7, 1_000), BACKGROUND, NOBODY);
    var behind = LaneLength.of(BACKGROUND, lengths, _ -> LIMITS).standing(100, LIMITS);
    assertThat(behind.position()).isEqualTo(3);
    assertThat(behind.eta()).isEqualTo(Duration.ofSeconds(10));
    // Nobody goes first out of a lane that stands still
    Paces paused = lane -> lane.equals(INTERACTIVE) ? Pace.halted(LimitingFactor.PAUSED) : LIMITS;
    var alone = LaneLength.of(BACKGROUND, lengths, paused).standing(100, LIMITS);
    assertThat(alone.position()).isZero();
    var first = LaneLength.of(INTERACTIVE, lengths, _ -> LIMITS);
    assertThat(first).isEqualTo(lengths.get(INTERACTIVE));
  }

  @Test
  void a_ticket_moves_up_as_others_start() {
    var ticket = new LaneLength.Ticket(10, 1_000);
    assertThat(new LaneLength(30, 3_000, 4, 400).of(ticket, 100, LIMITS).position()).isEqualTo(5);
    assertThat(new LaneLength(40, 4_000, 9, 900).of(ticket, 100, LIMITS).position()).isZero();
    assertThat(new LaneLength(40, 4_000, 12, 1_200).of(ticket, 100, LIMITS).position()).isZero();
  }

  private static Pace tokens(Credit credit) {
    return new Pace(Map.of(Bandwidth.TPM, new Flow(6_000, credit)), Slots.UNKNOWN, null);
  }
}
