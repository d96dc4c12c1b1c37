package dev.sluice.common.budget;

import dev.sluice.common.budget.Plan.Phase;
import dev.sluice.common.budget.Plan.Share;
import dev.sluice.common.budget.Plan.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Foretells what a tier carries: which limit binds, throughput, wait and concurrency. Pure
 * arithmetic on means; no request is sent. Immutable.
 */
public final class Planner {
  /*
   * A limit is a bucket that refills continuously, and a request takes from each bucket at once, so
   * the limit that grants the fewest requests a second binds. The workers' buckets of a minute hold
   * so little (the burst) that only their refill counts; those of a day hold the whole day. Hence
   * the phases: a day's limit does not bind before its bucket is empty, and from then on only its
   * refill is left.
   *
   * Throughput: the arrival rate λ, or the binding rate μ if that is less.
   *
   * Wait, λ < μ: requests come at random (Poisson) and start in turn, 1/μ apart: an M/D/1 queue,
   * whose mean wait is ρ / (2 μ (1 − ρ)) with ρ = λ/μ (Pollaczek-Khinchine; Kleinrock, Queueing
   * Systems, vol. 1, 5.6). A request starts when the refill has covered its own charge too, 1/μ
   * later, less what the bucket held, at most b seconds of refill (the burst). So one request waits
   * max(0, V + 1/μ − b), where V is its wait in the M/D/1 queue. The mean is at most
   * ρ / (2 μ (1 − ρ)) + max(0, 1/μ − b), and exactly that where 1/μ ≥ b. All buckets of a minute
   * hold the same time of refill, so the one with the lowest rate gives the longest wait.
   *
   * Wait, λ ≥ μ: the backlog grows by λ − μ a second and is served at μ, so each second adds
   * (λ − μ)/μ seconds to the wait of who arrives.
   *
   * Concurrency: by Little's law throughput × latency calls are under way on average. Their number
   * scatters like a Poisson variable, whose standard deviation is the root of its mean; three of
   * them are the head-room, so that in 99.9 % of the time no start waits for a free place.
   */

  /** Share of each limit that the workers use unless they are told otherwise. */
  public static final double UTILISATION = 0.995;

  /** Share of a minute that the workers' buckets hold unless they are told otherwise. */
  public static final double BURST = 0.02;

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final double HEAD_ROOM_DEVIATIONS = 3;

  private final double utilisation;
  private final double burst;

  /**
   * @param utilisation {@code sluice.budget-schedule.utilisation} of the workers
   * @param burst {@code sluice.budget-schedule.burst} of the workers
   */
  public Planner(double utilisation, double burst) {
    this.utilisation = requireShare("utilisation", utilisation);
    this.burst = requireShare("burst", burst);
  }

  /** What becomes of {@code demand} when it begins at a full day's allowance. */
  public Plan plan(Tier tier, Demand demand) {
    for (var limit : tier.limits().entrySet())
      if (amount(limit.getKey(), demand) > limit.getValue())
        return new Plan.NeverFits(limit.getKey(), limit.getValue(), demand.chargedTokens());
    var shares =
        tier.limits().entrySet().stream()
            .map(limit -> share(limit.getKey(), limit.getValue(), demand))
            .toList();
    return new Plan.Flow(demand, shares, phases(shares, demand));
  }

  private Share share(Bandwidth bandwidth, long limit, Demand demand) {
    long usable = wholeUnits(limit * utilisation);
    double perSecond =
        limit * utilisation / amount(bandwidth, demand) / seconds(bandwidth.period());
    return new Share(bandwidth, limit, usable, perSecond, demand.perSecond() / perSecond);
  }

  private List<Phase> phases(List<Share> shares, Demand demand) {
    var inForce = new ArrayList<Share>();
    var allowances = new ArrayList<Allowance>();
    for (var share : shares) {
      if (share.bandwidth().period().compareTo(MINUTE) <= 0) inForce.add(share);
      else allowances.add(Allowance.full(share));
    }
    var phases = new ArrayList<Phase>();
    double from = 0;
    while (true) {
      var phase = phase(from, Share.tightest(inForce), demand);
      phases.add(phase);
      var next = firstToRunOut(allowances, phase.throughput());
      if (next.isEmpty()) return List.copyOf(phases);
      double lasts = next.get().lasts(phase.throughput());
      allowances.remove(next.get());
      allowances.replaceAll(allowance -> allowance.after(lasts, phase.throughput()));
      inForce.add(next.get().share());
      from += lasts;
    }
  }

  private Phase phase(double from, Share binding, Demand demand) {
    double throughput = Math.min(demand.perSecond(), binding.perSecond());
    double callsAtOnce = throughput * seconds(demand.latency());
    return new Phase(
        duration(from),
        binding.bandwidth(),
        binding.perSecond(),
        throughput,
        waiting(binding, demand),
        callsAtOnce,
        withHeadRoom(callsAtOnce));
  }

  private Waiting waiting(Share binding, Demand demand) {
    double capacity = binding.perSecond();
    if (binding.load() >= 1) {
      double backlog = demand.perSecond() - capacity;
      return new Waiting.Growing(duration(backlog / capacity * 60), backlog * 60);
    }
    double behindOthers = binding.load() / (2 * capacity * (1 - binding.load()));
    double held = (double) wholeUnits(binding.usable() * burst) / binding.usable();
    double ownCharge = Math.max(0, 1 / capacity - held * seconds(binding.bandwidth().period()));
    return new Waiting.Steady(duration(behindOthers + ownCharge));
  }

  private static long withHeadRoom(double callsAtOnce) {
    double enough = callsAtOnce + HEAD_ROOM_DEVIATIONS * Math.sqrt(callsAtOnce);
    return Math.max(1, (long) Math.ceil(enough));
  }

  private static Optional<Allowance> firstToRunOut(List<Allowance> allowances, double throughput) {
    return allowances.stream()
        .filter(allowance -> allowance.drain(throughput) > 0)
        .min(Comparator.comparingDouble(allowance -> allowance.lasts(throughput)));
  }

  /**
   * What is left of a limit whose bucket holds its whole period.
   *
   * @param left requests of the demand's size
   */
  private record Allowance(Share share, double left) {
    static Allowance full(Share share) {
      return new Allowance(share, share.perSecond() * seconds(share.bandwidth().period()));
    }

    double drain(double throughput) {
      return throughput - share.perSecond();
    }

    double lasts(double throughput) {
      return left / drain(throughput);
    }

    Allowance after(double seconds, double throughput) {
      return new Allowance(share, left - seconds * drain(throughput));
    }
  }

  /** What one request takes of the bandwidth. */
  private static long amount(Bandwidth bandwidth, Demand demand) {
    return bandwidth.countsTokens() ? demand.chargedTokens() : 1;
  }

  /** The workers' buckets hold whole tokens and requests, and one at the least. */
  private static long wholeUnits(double amount) {
    return Math.max(1, (long) amount);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  /** To the millisecond. */
  private static Duration duration(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1_000));
  }

  private static double requireShare(String name, double value) {
    if (value > 0 && value <= 1) return value;
    throw new IllegalArgumentException("%s %s is not in (0, 1]".formatted(name, value));
  }
}
