package dev.sluice.common.budget;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.Positive;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The account's tier and the pools with what each tier grants them. Tiers are data, never code: the
 * provider renames and re-sizes them. Defaults stand in {@code sluice-budget.yml}.
 *
 * @param tier the account's usage tier, one of the names that the pools use; a pool that does not
 *     list it is closed, and its models are unknown here
 * @param pools by name
 */
@Validated
@ConfigurationProperties("sluice.budget")
public record BudgetProperties(
    @NotBlank String tier, @NotEmpty Map<String, @Valid PoolProperties> pools) {
  // Kafka's rule for topic names, less the dot: a dot separates pool and priority.
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,100}");

  /**
   * A model may be in several pools if something else tells them apart.
   *
   * @param models every model that draws on the pool
   * @param inputAbove takes only requests with more input tokens than this: the provider has a
   *     limit of its own for long contexts
   * @param teams takes only requests of these teams: they have a project or a key of their own
   * @param key name of the provider's key that the calls are made with, see {@code
   *     sluice.model.keys}
   * @param refunds whether the provider gives back at a call's end what it charged beyond what was
   *     used; to refund what it keeps would end in refusals
   * @param tiers limits by the tier's name
   */
  public record PoolProperties(
      @NotEmpty List<@NotBlank String> models,
      @Nullable @Positive Long inputAbove,
      @DefaultValue Set<@NotBlank String> teams,
      @DefaultValue(Pool.DEFAULT_KEY) @NotBlank String key,
      @DefaultValue("false") boolean refunds,
      @NotEmpty Map<String, @Valid Tier> tiers) {
    private boolean takes(String model, long inputTokens, String team) {
      return isFor(model, team) && (inputAbove == null || inputTokens > inputAbove);
    }

    private boolean isFor(String model, String team) {
      return models.contains(model) && (teams.isEmpty() || teams.contains(team));
    }

    /** A pool for some goes before one for all, and one for longer inputs before one for any. */
    private long precedence() {
      return (teams.isEmpty() ? 0 : Long.MIN_VALUE / 2) - (inputAbove == null ? 0 : inputAbove);
    }

    private boolean isLike(PoolProperties other) {
      return Objects.equals(inputAbove, other.inputAbove)
          && (teams.isEmpty() && other.teams.isEmpty()
              || !Collections.disjoint(teams, other.teams));
    }
  }

  public BudgetProperties {
    pools.forEach((name, pool) -> {
      if (!NAME.matcher(name).matches())
        throw new IllegalArgumentException(
            "pool name '%s' may hold letters, digits, - and _ only".formatted(name));
      pools.forEach((otherName, other) -> {
        if (name.compareTo(otherName) >= 0 || !pool.isLike(other)) return;
        for (var model : pool.models())
          if (other.models().contains(model))
            throw new IllegalArgumentException(
                "model %s is in pools %s and %s; give them different teams or input-above, or it can draw on one only"
                    .formatted(model, name, otherName));
      });
    });
    if (pools.values().stream().noneMatch(pool -> pool.tiers().containsKey(tier))) {
      var known = new TreeSet<String>();
      pools.values().forEach(pool -> known.addAll(pool.tiers().keySet()));
      throw new IllegalArgumentException(
          "set sluice.budget.tier (SLUICE_BUDGET_TIER) to one of %s; '%s' opens no pool"
              .formatted(known, tier));
    }
  }

  /** The pools that the account's tier opens, in the order of their names. */
  public List<Pool> open() {
    var open = new ArrayList<Pool>();
    pools.keySet().stream().sorted().forEach(name -> open(name).ifPresent(open::add));
    return open;
  }

  /** The open pools on which a team's requests for a model draw, whatever their length. */
  public List<Pool> poolsOf(String model, String team) {
    return pools.entrySet().stream()
        .filter(pool -> pool.getValue().isFor(model, team))
        .flatMap(pool -> open(pool.getKey()).stream())
        .toList();
  }

  /** The open pool on which a request draws: the most special one that takes it. */
  public Optional<Pool> poolOf(String model, long inputTokens, String team) {
    return pools.entrySet().stream()
        .filter(pool -> pool.getValue().tiers().containsKey(tier))
        .filter(pool -> pool.getValue().takes(model, inputTokens, team))
        .min(Comparator.comparingLong(pool -> pool.getValue().precedence()))
        .flatMap(pool -> open(pool.getKey()));
  }

  private Optional<Pool> open(String name) {
    var pool = pools.get(name);
    if (pool == null) return Optional.empty();
    return Optional.ofNullable(pool.tiers().get(tier))
        .map(granted ->
            new Pool(name, new TreeSet<>(pool.models()), pool.key(), pool.refunds(), granted));
  }
}
