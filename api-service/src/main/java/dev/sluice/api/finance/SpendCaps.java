package dev.sluice.api.finance;

import dev.sluice.api.settings.Settings;
import dev.sluice.api.spend.CapStanding;
import dev.sluice.api.spend.Spending;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import dev.sluice.common.message.SpendCapSet;
import dev.sluice.common.spend.SpendAccount;
import dev.sluice.common.spend.SpendPeriod;
import dev.sluice.common.spend.SpendScope;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * {@code /api/finance/caps}: what users, teams and projects may spend, changed while all runs. The
 * subject is a parameter: a path cannot hold every name.
 */
@RestController
class SpendCaps {
  private final Settings settings;
  private final Spending spending;
  private final InstantSource clock;

  SpendCaps(Settings settings, Spending spending, InstantSource clock) {
    this.settings = settings;
    this.spending = spending;
    this.clock = clock;
  }

  /**
   * @param settled what the ledger has of the current period; null where that cannot be told now
   * @param reserved what is held for requests under way; null likewise
   */
  @JsonNaming(PropertyNamingStrategies.LowerCamelCaseStrategy.class)
  record CapView(
      SpendScope scope,
      String subject,
      SpendPeriod period,
      @Nullable String soft,
      @Nullable String hard,
      String currency,
      @Nullable String settled,
      @Nullable String reserved,
      Instant periodStart,
      Instant periodEnd,
      String setBy,
      Instant setAt) {
    static CapView of(CapStanding standing) {
      var cap = standing.cap();
      var account = standing.account();
      var spent = standing.spent();
      return new CapView(
          cap.scope(),
          cap.subject(),
          cap.period(),
          Money.text(cap.soft()),
          Money.text(cap.hard()),
          SpendAccount.CURRENCY,
          spent == null ? null : Money.text(spent.settled()),
          spent == null ? null : Money.text(spent.reserved()),
          account.start().atStartOfDay(ZoneOffset.UTC).toInstant(),
          account.end(),
          cap.by(),
          cap.at());
    }
  }

  @GetMapping("/api/finance/caps")
  Map<String, List<CapView>> caps() {
    var sorted =
        settings.caps().stream()
            .sorted(
                Comparator.comparing(SpendCapSet::scope)
                    .thenComparing(SpendCapSet::subject)
                    .thenComparing(SpendCapSet::period))
            .toList();
    return Map.of("caps", spending.standings(sorted).stream().map(CapView::of).toList());
  }

  @PutMapping("/api/finance/caps/{scope}/{period}")
  CapView set(
      @PathVariable String scope,
      @PathVariable String period,
      @RequestParam(required = false) @Nullable String subject,
      @RequestBody JsonNode body,
      Caller caller) {
    var limits = CapLimits.read(body);
    var cap =
        new SpendCapSet(
            CapAddress.scope(scope),
            CapAddress.subject(subject),
            CapAddress.period(period),
            limits.soft(),
            limits.hard(),
            caller.user(),
            clock.instant(),
            Map.of());
    settings.set(cap);
    return CapView.of(spending.standings(List.of(cap)).getFirst());
  }

  @DeleteMapping("/api/finance/caps/{scope}/{period}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void remove(
      @PathVariable String scope,
      @PathVariable String period,
      @RequestParam(required = false) @Nullable String subject,
      Caller caller) {
    var cap =
        settings.cap(
            CapAddress.scope(scope), CapAddress.subject(subject), CapAddress.period(period));
    if (cap == null)
      throw new SluiceException(
          ErrorCode.NOT_FOUND, "There is no such cap. See GET /api/finance/caps.");
    settings.set(
        new SpendCapSet(
            cap.scope(),
            cap.subject(),
            cap.period(),
            null,
            null,
            caller.user(),
            clock.instant(),
            Map.of()));
    spending.forget(cap);
  }
}
