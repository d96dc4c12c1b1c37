package dev.sluice.common.budget;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/** What a tier does with a demand. */
public sealed interface Plan {
  /** Never: a mean request is charged more than the limit of a whole period. */
  record NeverFits(Bandwidth bandwidth, long limit, long chargedTokens) implements Plan {}

  /**
   * The tier carries the demand, or part of it.
   *
   * @param shares what each limit grants, in the order of bandwidths
   * @param phases in the order of time, never empty; all but the first begin when a day's allowance
   *     is used up
   */
  record Flow(Demand demand, List<Share> shares, List<Phase> phases) implements Plan {
    /** The limit that grants the lowest rate in the long run, whether or not it is reached. */
    public Share tightest() {
      return Share.tightest(shares);
    }

    /** What {@code bandwidth}, one of those that the tier limits, grants. */
    public Share shareOf(Bandwidth bandwidth) {
      return shares.stream()
          .filter(share -> share.bandwidth() == bandwidth)
          .findFirst()
          .orElseThrow();
    }

    /** As long as every day's allowance lasts. */
    public Phase atFirst() {
      return phases.getFirst();
    }

    /** Once every allowance that cannot last is used up. */
    public Phase inTheLongRun() {
      return phases.getLast();
    }

    /** Whether every request is served in the long run. */
    public boolean carriesAll() {
      return inTheLongRun().waiting() instanceof Waiting.Steady;
    }
  }

  /**
   * What one limit grants.
   *
   * @param limit as the tier states it, tokens or requests in a period of the bandwidth
   * @param usable what the workers use of it
   * @param perSecond requests of the demand's size that it carries, a second
   * @param load demanded share of what it carries; 1 or more is too much
   */
  record Share(Bandwidth bandwidth, long limit, long usable, double perSecond, double load) {
    static Share tightest(List<Share> shares) {
      return shares.stream().min(Comparator.comparingDouble(Share::perSecond)).orElseThrow();
    }
  }

  /**
   * A time in which one limit binds.
   *
   * @param from since the demand began, at a full day's allowance
   * @param binding the limit that is reached first when the demand grows
   * @param capacity requests a second that the limits in force carry
   * @param throughput requests a second that are served
   * @param callsAtOnce mean number of calls under way
   * @param concurrency calls to allow at once, over the whole fleet; head-room included
   */
  record Phase(
      Duration from,
      Bandwidth binding,
      double capacity,
      double throughput,
      Waiting waiting,
      double callsAtOnce,
      long concurrency) {}

  /** How long a request waits for its start. */
  sealed interface Waiting {
    /** Below saturation: {@code mean} is an upper bound, see {@link Planner}. */
    record Steady(Duration mean) implements Waiting {}

    /**
     * At saturation and above there is no mean: each request waits longer than the one before.
     *
     * @param perMinute by how much the wait of who arrives grows in a minute
     * @param backlogPerMinute requests by which the line grows in a minute
     */
    record Growing(Duration perMinute, double backlogPerMinute) implements Waiting {}
  }
}
