package dev.sluice.common.budget;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
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
   * @param models every model that draws on the pool
   * @param tiers limits by the tier's name
   */
  public record PoolProperties(
      @NotEmpty List<@NotBlank String> models, @NotEmpty Map<String, @Valid Tier> tiers) {}

  public BudgetProperties {
    var owners = new HashMap<String, String>();
    pools.forEach((name, pool) -> {
      if (!NAME.matcher(name).matches())
        throw new IllegalArgumentException(
            "pool name '%s' may hold letters, digits, - and _ only".formatted(name));
      for (var model : pool.models()) {
        var other = owners.put(model, name);
        if (other != null)
          throw new IllegalArgumentException(
              "model %s is in pools %s and %s; it can draw on one only"
                  .formatted(model, other, name));
      }
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

  /** The open pool on which {@code model} draws. */
  public Optional<Pool> poolOf(String model) {
    return open().stream().filter(pool -> pool.models().contains(model)).findFirst();
  }

  private Optional<Pool> open(String name) {
    var pool = pools.get(name);
    if (pool == null) return Optional.empty();
    return Optional.ofNullable(pool.tiers().get(tier))
        .map(granted -> new Pool(name, new TreeSet<>(pool.models()), granted));
  }
}
