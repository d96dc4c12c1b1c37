package dev.sluice.benchmarks.budget;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long one row takes, in provider minutes.
 *
 * @param warmUp until it counts
 * @param measured how long it counts
 */
record Phases(double warmUp, double measured) {
  /** So long it goes on afterwards, so that the window's end falls between two admissions. */
  private static final double TAIL = 0.1;

  static Phases of(Scenario scenario, boolean quick) {
    return switch (scenario) {
      case SATURATED -> new Phases(1, quick ? 1.5 : 2);
      case JITTER, FLUSH -> new Phases(1, 2);
      case COTENANT -> new Phases(1, 4); // two before it comes and two with it
      case IDLE -> new Phases(0.5, 6);
    };
  }

  Duration total(Account account) {
    return ours(warmUp + measured + TAIL, account);
  }

  void warmUp(Account account) throws InterruptedException {
    pass(warmUp, account);
  }

  void half(Account account) throws InterruptedException {
    pass(measured / 2, account);
  }

  void tail(Account account) throws InterruptedException {
    pass(TAIL, account);
  }

  private static void pass(double minutes, Account account) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(ours(minutes, account).toNanos());
  }

  private static Duration ours(double minutes, Account account) {
    return Duration.ofNanos((long) (minutes * account.minute().toNanos()));
  }
}
