package dev.sluice.simulator.limit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** All pools of the simulated organisation, and the settings that enforce them. Thread-safe. */
public final class ProviderLimits {
  private final Catalogue catalogue;

  /** Replaced as a whole, so that a request sees one consistent state. */
  private volatile State state;

  public ProviderLimits(Catalogue catalogue, String tier, long now) {
    this.catalogue = catalogue;
    this.state = state(LimitSettings.defaults(), catalogue.tier(tier), now);
  }

  /** The pool whose limits a model uses; empty for a model that this organisation cannot use. */
  public Optional<String> pool(String model) {
    return state.pools.keySet().stream().filter(pool -> Catalogue.belongs(model, pool)).findFirst();
  }

  public int context(String pool) {
    return catalogue.context(pool);
  }

  /** Charges one request and its tokens, or says why not. */
  public Verdict admit(String pool, long tokens, long now) {
    return limiter(pool).admit(tokens, now);
  }

  /** A request was answered 4xx: it counts against the minute's requests. */
  public void countUnsuccessful(String pool, long now) {
    if (state.settings.countUnsuccessful()) {
      limiter(pool).countUnsuccessful(now);
    }
  }

  /** A response has ended, having used {@code actualTokens}. */
  public void complete(Grant grant, long actualTokens, long now) {
    if (state.settings.refund()) {
      grant.settle(actualTokens, now);
    }
  }

  public Levels levels(String pool, long now) {
    return limiter(pool).levels(now);
  }

  public LimitSettings settings() {
    return state.settings;
  }

  public Map<String, Limits> limits() {
    var limits = new LinkedHashMap<String, Limits>();
    state.pools.forEach((pool, limiter) -> limits.put(pool, limiter.limits()));
    return limits;
  }

  public Map<String, Limits> tier(String tier) {
    return catalogue.tier(tier);
  }

  /**
   * Replaces settings and limits. Pools whose limits and settings stay the same keep their use; the
   * others start unused.
   */
  public synchronized void change(LimitSettings settings, Map<String, Limits> limits, long now) {
    var before = state;
    var next = state(settings, limits, now);
    if (before.sameMetering(settings)) {
      limits.forEach((pool, wanted) -> {
        var old = before.pools.get(pool);
        if (old != null && old.limits().equals(wanted)) {
          next.pools.put(pool, old);
        }
      });
    }
    state = next;
  }

  private PoolLimiter limiter(String pool) {
    var limiter = state.pools.get(pool);
    if (limiter == null) {
      throw new IllegalArgumentException("no such pool: " + pool);
    }
    return limiter;
  }

  private static State state(LimitSettings settings, Map<String, Limits> limits, long now) {
    var pools = new LinkedHashMap<String, PoolLimiter>();
    limits.forEach((pool, limit) ->
        pools.put(pool, new PoolLimiter(limit, settings.kind(), settings.timeCompression(), now)));
    return new State(settings, pools);
  }

  private record State(LimitSettings settings, Map<String, PoolLimiter> pools) {
    boolean sameMetering(LimitSettings other) {
      return settings.kind() == other.kind()
          && settings.timeCompression() == other.timeCompression();
    }
  }
}
