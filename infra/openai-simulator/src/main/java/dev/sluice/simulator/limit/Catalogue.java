package dev.sluice.simulator.limit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The models the simulator knows and what each tier allows them, from {@code models.json}. */
public final class Catalogue {
  /** What follows a family's name in a dated snapshot: {@code -2024-07-18} or {@code -0125}. */
  private static final Pattern SNAPSHOT = Pattern.compile("-(\\d{4}-\\d{2}-\\d{2}|\\d{4})");

  private static final int CONTEXT_OF_OTHERS = 128_000;

  private final JsonNode pools;

  private Catalogue(JsonNode pools) {
    this.pools = pools;
  }

  public static Catalogue load() {
    try (var resource = Catalogue.class.getResourceAsStream("models.json")) {
      if (resource == null) {
        throw new IllegalStateException("models.json is missing beside " + Catalogue.class);
      }
      return new Catalogue(JsonMapper.shared().readTree(resource).path("pools"));
    } catch (java.io.IOException unreadable) {
      throw new java.io.UncheckedIOException(unreadable);
    }
  }

  /** Limits by pool; a pool that the tier does not grant is absent. */
  public Map<String, Limits> tier(String tier) {
    var granted = new LinkedHashMap<String, Limits>();
    var known = false;
    for (var pool : pools.properties()) {
      var limits = pool.getValue().path("tiers").path(tier);
      if (limits.isObject()) {
        known = true;
        granted.put(pool.getKey(), limits(limits));
      }
    }
    if (!known) {
      throw new IllegalArgumentException("set the tier to free or tier-1 … tier-5, not " + tier);
    }
    return granted;
  }

  /** Tokens of input and output together that a model of the pool can hold. */
  public int context(String pool) {
    return pools.path(pool).path("context").asInt(CONTEXT_OF_OTHERS);
  }

  /** Whether {@code model} is the pool's family itself or a dated snapshot of it. */
  static boolean belongs(String model, String pool) {
    return model.startsWith(pool)
        && (model.length() == pool.length()
            || SNAPSHOT.matcher(model.substring(pool.length())).matches());
  }

  private static Limits limits(JsonNode json) {
    return new Limits(
        json.path("rpm").asLong(0), json.path("tpm").asLong(0), json.path("rpd").asLong(0));
  }
}
