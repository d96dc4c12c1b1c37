package dev.sluice.common.message;

import java.time.Instant;
import java.time.LocalDate;

/** What the ledger is to be compared with: brought along, or to be fetched. */
public sealed interface ReconciliationMessage extends Message
    permits ProviderFigures, ProviderDayWanted {
  /** Day in UTC, as the provider counts days. */
  LocalDate day();

  /** Who asked for it. */
  String by();

  Instant at();
}
