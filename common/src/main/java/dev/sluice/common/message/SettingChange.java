package dev.sluice.common.message;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that was set while the system runs; in force on every instance as soon as it is read,
 * and after a restart. The newest one of a key counts; a record of that key without a value takes
 * it back.
 */
public sealed interface SettingChange extends Message
    permits PoolLimitsSet,
        ConcurrencySet,
        WorkerConcurrencySet,
        LanePaused,
        WorkerDrain,
        RateCardAdded,
        SpendCapSet {
  /** The key that a newer one of the same thing replaces it by. */
  String key();

  /** What it was set to, as the audit shows it; null for back to what is configured. */
  @Nullable Object value();

  /** Who set it. */
  String by();

  Instant at();
}
