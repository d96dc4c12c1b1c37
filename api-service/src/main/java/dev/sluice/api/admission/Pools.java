package dev.sluice.api.admission;

import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.budget.Pool;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.util.List;
import java.util.function.Function;

/** The pools on which requests draw, and their limits as they are in force now. Thread-safe. */
final class Pools {
  private final BudgetProperties budget;
  private final Function<Pool, Tier> limits;

  Pools(BudgetProperties budget, Function<Pool, Tier> limits) {
    this.budget = budget;
    this.limits = limits;
  }

  /**
   * @throws SluiceException if no pool has the model
   */
  Pool of(String model, long inputTokens, String team) {
    return budget.poolOf(model, inputTokens, team).orElseThrow(() -> unknown(model));
  }

  /**
   * The pools that a request may draw on, however long it is.
   *
   * @throws SluiceException if no pool has the model
   */
  List<Pool> candidates(String model, String team) {
    var candidates = budget.poolsOf(model, team);
    if (candidates.isEmpty()) throw unknown(model);
    return candidates;
  }

  Tier limits(Pool pool) {
    return limits.apply(pool);
  }

  private static SluiceException unknown(String model) {
    return new SluiceException(
        ErrorCode.MODEL_NOT_FOUND,
        "The model '%s' does not exist here or has no budget. See GET /v1/models."
            .formatted(model.length() <= 64 ? model : model.substring(0, 64) + "…"),
        "model");
  }
}
