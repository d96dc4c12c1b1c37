package dev.sluice.benchmarks.budget;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;

/**
 * How much of the account's limits was used in a window.
 *
 * @param tpmPct tokens charged, of those granted, %
 * @param rpmPct requests admitted, of those granted, %
 * @param burstPct by how much {@code tpmPct} may be off: the most that was charged within any
 *     second of the provider's beyond that second's share, of the tokens granted in the window, %
 */
record Usage(double tpmPct, double rpmPct, double burstPct) {
  /**
   * A charge pays for the time since the one before it. So the window is widened to the last
   * admission before it and the first after it, and the first one's charge does not count: a steady
   * stream is then measured exactly, where whole charges in a fixed window would be off by one.
   *
   * @param admitted calls in the order of arrival, beyond the window's ends too
   */
  static Usage of(List<Call> admitted, Window window, Account account) {
    var from = window.from();
    var to = window.to();
    for (var call : admitted) {
      if (!call.receivedAt().isAfter(window.from())) from = call.receivedAt();
      if (!call.receivedAt().isBefore(window.to())) {
        to = call.receivedAt();
        break;
      }
    }
    long tokens = 0;
    long requests = 0;
    for (var call : admitted) {
      if (!call.receivedAt().isAfter(from) || call.receivedAt().isAfter(to)) continue;
      tokens += call.charged();
      requests++;
    }
    double granted = account.granted(Duration.between(from, to));
    return new Usage(
        100 * tokens / granted,
        100 * requests / (granted / account.tpm() * account.rpm()),
        100 * burst(admitted, window, account) / account.granted(window.length()));
  }

  private static double burst(List<Call> admitted, Window window, Account account) {
    var second = account.ours(Duration.ofSeconds(1));
    var recent = new ArrayDeque<Call>();
    long sum = 0;
    long most = 0;
    for (var call : admitted) {
      if (!window.holds(call.receivedAt())) continue;
      recent.add(call);
      sum += call.charged();
      while (!recent.getFirst().receivedAt().plus(second).isAfter(call.receivedAt()))
        sum -= recent.removeFirst().charged();
      most = Math.max(most, sum);
    }
    return Math.max(0, most - account.granted(second));
  }
}
