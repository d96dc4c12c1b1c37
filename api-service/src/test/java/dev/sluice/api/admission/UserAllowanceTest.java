package dev.sluice.api.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class UserAllowanceTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final UserLimit TEN_A_MINUTE = new UserLimit(10, Duration.ofSeconds(60));

  private byte[] stored = {};

  @Test
  void ten_may_be_asked_at_once_and_then_one_every_six_seconds() {
    for (int i = 9; i >= 0; i--) assertThat(ask(NOW).remaining()).isEqualTo(i);
    var refusal = catchThrowableOfType(SluiceException.class, () -> ask(NOW.plusSeconds(2)));
    assertThat(refusal.code()).isEqualTo(ErrorCode.USER_LIMIT_EXCEEDED);
    assertThat(refusal.headers())
        .containsEntry("retry-after", "4")
        .containsEntry("retry-after-ms", "4000")
        .containsEntry("x-ratelimit-limit-requests", "10")
        .containsEntry("x-ratelimit-remaining-requests", "0");
    assertThat(ask(NOW.plusSeconds(6)).remaining()).isZero();
  }

  @Test
  void a_changed_limit_keeps_what_was_used_in_proportion() {
    for (int i = 0; i < 5; i++) ask(NOW);
    var twice = new UserAllowance(new UserLimit(20, Duration.ofSeconds(60)), stored, NOW);
    assertThat(twice.left().remaining()).isEqualTo(10);
  }

  @Test
  void what_cannot_be_read_locks_nobody_out() {
    stored = new byte[] {1, 2, 3};
    assertThat(ask(NOW).remaining()).isEqualTo(9);
  }

  private Admitted.Allowance ask(Instant now) {
    var allowance = new UserAllowance(TEN_A_MINUTE, stored, now);
    allowance.take();
    stored = allowance.encode();
    return allowance.left();
  }
}
