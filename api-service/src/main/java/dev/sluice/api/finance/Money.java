package dev.sluice.api.finance;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Money on the wire: text, since a JSON number would be read as floating point. */
final class Money {
  private Money() {}

  /** Without zeros at its end, and never with an exponent. */
  static @Nullable String text(@Nullable BigDecimal amount) {
    if (amount == null) return null;
    return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
  }
}
