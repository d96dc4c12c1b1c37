package dev.sluice.api.lanes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.budget.Tier;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LaneLengthTest {
  private static final Tier LIMITS = new Tier(60, 6_000, 10_000L, null);

  @Test
  void an_empty_lane_is_no_wait() {
    var standing = new LaneLength(7, 700, 7, 700).standing(100, LIMITS);
    assertThat(standing.position()).isZero();
    assertThat(standing.eta()).isZero();
    assertThat(standing.limitedBy()).isNull();
  }

  @Test
  void the_scarcer_limit_sets_the_pace() {
    // 3 wait with 900 tokens, and its own 100: 1,000 of 6,000 a minute
    var byTokens = new LaneLength(10, 1_900, 7, 1_000).standing(100, LIMITS);
    assertThat(byTokens.position()).isEqualTo(3);
    assertThat(byTokens.eta()).isEqualTo(Duration.ofSeconds(10));
    assertThat(byTokens.limitedBy()).isEqualTo(Bandwidth.TPM);
    // 19 wait with hardly a token: 20 of 60 a minute
    var byRequests = new LaneLength(26, 1_019, 7, 1_000).standing(1, LIMITS);
    assertThat(byRequests.eta()).isEqualTo(Duration.ofSeconds(20));
    assertThat(byRequests.limitedBy()).isEqualTo(Bandwidth.RPM);
  }

  @Test
  void a_ticket_moves_up_as_others_start() {
    var ticket = new LaneLength.Ticket(10, 1_000);
    assertThat(new LaneLength(30, 3_000, 4, 400).of(ticket, 100, LIMITS).position()).isEqualTo(5);
    assertThat(new LaneLength(40, 4_000, 9, 900).of(ticket, 100, LIMITS).position()).isZero();
    assertThat(new LaneLength(40, 4_000, 12, 1_200).of(ticket, 100, LIMITS).position()).isZero();
  }
}
