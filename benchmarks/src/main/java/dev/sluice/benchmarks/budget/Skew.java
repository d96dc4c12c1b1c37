package dev.sluice.benchmarks.budget;

import java.util.SplittableRandom;

/**
 * Which of several processes a request comes to. Load is never even: of ten requests for four
 * processes one, two, three and four come to them. Not thread-safe.
 */
final class Skew {
  private static final long SEED = 4_321;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final int processes;

  Skew(int processes) {
    this.processes = processes;
  }

  /** From 0; the last gets most. */
  int next() {
    int ticket = random.nextInt(processes * (processes + 1) / 2);
    for (int process = 0; ; process++) {
      ticket -= process + 1;
      if (ticket < 0) return process;
    }
  }
}
