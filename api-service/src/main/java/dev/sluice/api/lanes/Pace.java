package dev.sluice.api.lanes;

import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.message.LimitingFactor;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How fast a lane moves: at the pace of the scarcest of its limits, or of the fleet's concurrency.
 * Immutable.
 *
 * @param halted why nothing starts, for nobody knows how long; null if it does
 */
public record Pace(Map<Bandwidth, Flow> flows, Slots slots, @Nullable LimitingFactor halted) {
  /**
   * One limit.
   *
   * @param perPeriod tokens or requests that become free in the bandwidth's period
   * @param credit null if it is not known
   */
  public record Flow(double perPeriod, @Nullable Credit credit) {}

  /**
   * What could start without waiting: tokens, or requests; negative for a debt.
   *
   * @param contended where others wait, who take what is refilled
   * @param idle where nobody does, with what was refilled since it was last seen
   */
  public record Credit(double contended, double idle) {}

  /**
   * @param free calls that the fleet could have under way besides those that it has
   * @param each mean time in which one of its calls ends; zero if it is not known
   */
  public record Slots(long free, Duration each) {
    public static final Slots UNKNOWN = new Slots(Long.MAX_VALUE, Duration.ZERO);
  }

  /** Where only the limits are known. */
  public static Pace of(Tier limits) {
    var flows = new EnumMap<Bandwidth, Flow>(Bandwidth.class);
    limits.limits().forEach((bandwidth, limit) -> flows.put(bandwidth, new Flow(limit, null)));
    return new Pace(flows, Slots.UNKNOWN, null);
  }

  public static Pace halted(LimitingFactor why) {
    return new Pace(Map.of(), Slots.UNKNOWN, why);
  }

  /** Until a request starts, and what it waits for; null for what nobody can tell, or nothing. */
  record Wait(@Nullable Duration eta, @Nullable LimitingFactor limitedBy) {}

  /**
   * @param requests in front of it
   * @param tokens of these
   * @param own tokens of the request itself, which have to be there too when it starts
   */
  Wait until(long requests, long tokens, long own) {
    if (halted != null) return new Wait(null, halted);
    var longest = bySlots(requests);
    for (var each : flows.entrySet()) {
      double need = each.getKey().countsTokens() ? tokens + own : requests + 1;
      var wait = by(each.getKey(), each.getValue(), need, requests > 0);
      if (Objects.requireNonNull(wait.eta).compareTo(longest.eta) > 0) longest = wait;
    }
    return longest;
  }

  private Wait bySlots(long requests) {
    long missing = Math.max(0, requests + 1 - slots.free);
    var eta = slots.each.multipliedBy(missing);
    return new Wait(eta, eta.isPositive() ? LimitingFactor.CONCURRENCY : null);
  }

  private static Wait by(Bandwidth bandwidth, Flow flow, double need, boolean contended) {
    var credit = flow.credit;
    double missing;
    if (credit != null) missing = need - (contended ? credit.contended : credit.idle);
    else missing = contended && !bandwidth.isDaily() ? need : 0;
    double nanos = Math.max(0, missing) / flow.perPeriod * bandwidth.period().toNanos();
    return new Wait(Duration.ofNanos((long) nanos), LimitingFactor.of(bandwidth));
  }
}
