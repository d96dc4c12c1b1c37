package dev.sluice.benchmarks.budget;

import dev.sluice.benchmarks.Distribution;
import dev.sluice.benchmarks.Row;
import dev.sluice.common.budget.Demand;
import dev.sluice.common.budget.Plan;
import dev.sluice.common.budget.Planner;
import dev.sluice.common.budget.Tier;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * What came of one subject, and how it reads as a row.
 *
 * @param calls that the provider received, in the order of arrival, warm-up included
 * @param arrivals of the requests, by id
 * @param window the part that counts
 * @param lost requests that ended without an answer, in all
 * @param redis what Redis did in the window, for whoever asked
 */
record Outcome(
    Account account,
    List<Call> calls,
    Map<String, Instant> arrivals,
    Window window,
    long lost,
    RedisCounters redis) {
  // Those of a second came together as far as anybody can tell.
  private static final Duration ORDER = Duration.ofSeconds(1);

  /** The account's use is everybody's; refusals, waits and order are the subject's alone. */
  Row describe(Row row) {
    var own = calls.stream().filter(call -> !call.isCotenants()).toList();
    var admitted = own.stream().filter(Call::isAdmitted).toList();
    var measured = admitted.stream().filter(this::counts).toList();
    long refused = own.stream().filter(Call::isRateLimited).filter(this::counts).count();
    long refusedBefore =
        own.stream()
            .filter(Call::isRateLimited)
            .filter(call -> call.receivedAt().isBefore(window.from()))
            .count();
    var usage = Usage.of(calls.stream().filter(Call::isAdmitted).toList(), window, account);
    var waits = waits(measured);
    long answered = answered(admitted);
    return row.figure("tpm_used_pct", usage.tpmPct())
        .figure("rpm_used_pct", usage.rpmPct())
        .figure("burst_pct", usage.burstPct())
        .with("rate_limited", refused)
        .figure("rate_limited_pct", pct(refused, measured.size()))
        .with("rate_limited_warm_up", refusedBefore)
        .with("admitted", measured.size())
        .with("lost", lost)
        .figure("lost_pct", pct(lost, answered))
        .with("called_again", admitted.size() - answered)
        .figure("wait_p50_provider_s", waits.p50() / 1e3)
        .figure("wait_p99_provider_s", waits.p99() / 1e3)
        .figure("inversions_pct", Order.inversionsPct(measured, arrivals, account.ours(ORDER)));
  }

  /** What the other application on the account got. */
  Row describeCotenant(Row row) {
    var theirs = calls.stream().filter(Call::isCotenants).filter(this::counts).toList();
    long tokens = theirs.stream().mapToLong(Call::charged).sum();
    return row.figure("cotenant_tpm_pct", 100 * tokens / account.granted(window.length()))
        .with("cotenant_rate_limited", theirs.stream().filter(Call::isRateLimited).count());
  }

  /** What {@code ./sluice plan} foretells for these requests beside what was measured. */
  Row describePlan(Row row) {
    var measured = calls.stream().filter(Call::isAdmitted).filter(this::counts).toList();
    long mean = Math.round(measured.stream().mapToLong(Call::charged).average().orElse(1));
    double asked = account.rpm(); // more than can be had
    var plan =
        new Planner(Planner.UTILISATION, Planner.BURST)
            .plan(
                new Tier(account.rpm(), account.tpm(), null, null),
                new Demand(asked, mean, Duration.ofSeconds(1)));
    double perMinute =
        measured.size() / ((double) window.length().toNanos() / account.minute().toNanos());
    return plan instanceof Plan.Flow flow
        ? row.figure("planned_requests_per_min", 60 * flow.atFirst().throughput())
            .figure("requests_per_min", perMinute)
        : row;
  }

  /** What each admitted request cost at Redis: leases, budget and the rest. */
  Row describeRedis(Row row) {
    long admitted = calls.stream().filter(Call::isAdmitted).filter(this::counts).count();
    if (admitted == 0) return row;
    return row.figure("redis_commands_per_request", (double) redis.commands() / admitted)
        .figure("redis_round_trips_per_request", (double) redis.roundTrips() / admitted);
  }

  /** Calls admitted, warm-up included. */
  long admitted() {
    return calls.stream().filter(Call::isAdmitted).count();
  }

  private boolean counts(Call call) {
    return window.holds(call.receivedAt());
  }

  /** From a request's arrival to its admission, in the provider's time. */
  private Distribution waits(List<Call> admitted) {
    return Distribution.of(
        admitted.stream()
            .filter(call -> arrivals.containsKey(call.id()))
            .map(call ->
                account.compression()
                    * Duration.between(arrivals.get(call.id()), call.receivedAt()).toNanos())
            .toList());
  }

  private static long answered(List<Call> admitted) {
    var ids = new HashSet<String>();
    admitted.forEach(call -> ids.add(call.id()));
    return ids.size();
  }

  private static double pct(long part, long rest) {
    return part + rest == 0 ? 0 : 100.0 * part / (part + rest);
  }
}
