package dev.sluice.simulator.limit;

/** An amount taken from a meter at a moment; kept so that part of it can be given back. */
final class Charge {
  /** Nanoseconds of the ticker at which it was taken. */
  final long at;

  /** What is still charged. Guarded by the pool's lock. */
  long amount;

  Charge(long at, long amount) {
    this.at = at;
    this.amount = amount;
  }
}
