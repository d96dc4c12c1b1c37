package dev.sluice.api.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.api.settings.Settings;
import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.budget.Pool;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import dev.sluice.common.message.PoolLimitsSet;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** {@code /api/ops/budget}: the limits of the pools, changed while everything runs. */
@RestController
class BudgetLimits {
  private final BudgetProperties budget;
  private final Settings settings;
  private final InstantSource clock;

  BudgetLimits(BudgetProperties budget, Settings settings, InstantSource clock) {
    this.budget = budget;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * @param configured what the tier of the configuration grants
   * @param set what is in force instead, if an operator has set anything
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record PoolView(
      String name,
      Set<String> models,
      Tier configured,
      @Nullable Tier set,
      @Nullable String setBy,
      @Nullable Instant setAt) {}

  /** What to change; what is left out stays as it is. */
  record Change(@Nullable Long rpm, @Nullable Long tpm, @Nullable Long rpd, @Nullable Long tpd) {}

  @GetMapping("/api/ops/budget")
  Map<String, Object> pools() {
    return Map.of("tier", budget.tier(), "pools", budget.open().stream().map(this::view).toList());
  }

  @PutMapping("/api/ops/budget/{pool}")
  PoolView set(@PathVariable String pool, @RequestBody Change change, Caller caller) {
    var open = pool(pool);
    var before = settings.limits(open);
    set(open, tier(before, change), caller);
    return view(open);
  }

  /** Back to what is configured. */
  @DeleteMapping("/api/ops/budget/{pool}")
  PoolView reset(@PathVariable String pool, Caller caller) {
    var open = pool(pool);
    set(open, null, caller);
    return view(open);
  }

  private void set(Pool pool, @Nullable Tier limits, Caller caller) {
    settings.set(new PoolLimitsSet(pool.name(), limits, caller.user(), clock.instant(), Map.of()));
  }

  private static Tier tier(Tier before, Change change) {
    positive("rpm", change.rpm());
    positive("tpm", change.tpm());
    positive("rpd", change.rpd());
    positive("tpd", change.tpd());
    try {
      return new Tier(
          change.rpm() == null ? before.rpm() : change.rpm(),
          change.tpm() == null ? before.tpm() : change.tpm(),
          change.rpd() == null ? before.rpd() : change.rpd(),
          change.tpd() == null ? before.tpd() : change.tpd());
    } catch (IllegalArgumentException contradiction) {
      throw new SluiceException(
          ErrorCode.INVALID_VALUE, String.valueOf(contradiction.getMessage()));
    }
  }

  private static void positive(String name, @Nullable Long value) {
    if (value != null && value < 1)
      throw new SluiceException(ErrorCode.INVALID_VALUE, name + " must be at least 1.", name);
  }

  private Pool pool(String name) {
    return budget.open().stream()
        .filter(pool -> pool.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new SluiceException(
                ErrorCode.NOT_FOUND,
                "There is no open pool '%s'. See GET /api/ops/budget.".formatted(name)));
  }

  private PoolView view(Pool pool) {
    var last = settings.lastSet(pool.name());
    return new PoolView(
        pool.name(),
        pool.models(),
        pool.tier(),
        last.map(PoolLimitsSet::limits).orElse(null),
        last.map(PoolLimitsSet::by).orElse(null),
        last.map(PoolLimitsSet::at).orElse(null));
  }
}
