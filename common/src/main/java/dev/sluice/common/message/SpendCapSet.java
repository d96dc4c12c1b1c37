package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.sluice.common.spend.SpendAccount;
import dev.sluice.common.spend.SpendPeriod;
import dev.sluice.common.spend.SpendScope;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finance has set what a subject may spend in a period, or, with neither figure, that nothing
 * limits it any more. Money travels as text, which no reader takes for floating point.
 *
 * @param subject user, team or project
 * @param soft USD from which on finance is told; null for never
 * @param hard USD beyond which requests are refused; null for never
 */
public record SpendCapSet(
    SpendScope scope,
    String subject,
    SpendPeriod period,
    @DecimalText @Nullable BigDecimal soft,
    @DecimalText @Nullable BigDecimal hard,
    String by,
    Instant at,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements SettingChange {

  private record Limits(
      @DecimalText @Nullable BigDecimal soft, @DecimalText @Nullable BigDecimal hard) {}

  @Override
  public String key() {
    return key(scope, subject, period);
  }

  /** The key of the cap of this subject in this period. */
  public static String key(SpendScope scope, String subject, SpendPeriod period) {
    return "spend-cap/%s/%s/%s".formatted(scope.label(), period.label(), subject);
  }

  @Override
  public @Nullable Object value() {
    return removes() ? null : new Limits(soft, hard);
  }

  /** Whether it takes a cap away. */
  public boolean removes() {
    return soft == null && hard == null;
  }

  /** The account that it limits at this moment. */
  public SpendAccount account(Instant now) {
    return SpendAccount.at(scope, subject, period, now);
  }
}
