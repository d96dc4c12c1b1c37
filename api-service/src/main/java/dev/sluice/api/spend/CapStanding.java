package dev.sluice.api.spend;

import dev.sluice.common.message.SpendCapSet;
import dev.sluice.common.spend.SpendAccount;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * How a cap stands in its current period.
 *
 * @param spent null where neither Redis nor Postgres can tell
 */
public record CapStanding(SpendCapSet cap, SpendAccount account, @Nullable Spent spent) {
  /**
   * @param settled what the ledger has, USD
   * @param reserved what is held for requests that it has not settled yet, USD
   * @param born differs after the account was made anew
   */
  public record Spent(BigDecimal settled, BigDecimal reserved, String born) {}
}
