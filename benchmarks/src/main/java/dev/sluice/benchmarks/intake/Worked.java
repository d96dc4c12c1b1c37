package dev.sluice.benchmarks.intake;

/**
 * One request that was worked on; times are ns since the epoch, by the machine's clock.
 *
 * @param producedAt when its record was given to the producer
 * @param startedAt when its handler began
 * @param endedAt when its handler ended; of one that was still running, when it would have
 */
record Worked(long producedAt, long startedAt, long endedAt) {
  /** From produced to handler started, ns. */
  long hop() {
    return startedAt - producedAt;
  }

  /** How much of its work was done in a window, 0 to 1. */
  double shareIn(long from, long to) {
    long within = Math.min(endedAt, to) - Math.max(startedAt, from);
    return Math.max(0, within) / (double) (endedAt - startedAt);
  }

  /** One line; {@link #parse} reads it. */
  String print() {
    return producedAt + " " + startedAt + " " + endedAt;
  }

  static Worked parse(String line) {
    var times = line.split(" ");
    return new Worked(Long.parseLong(times[0]), Long.parseLong(times[1]), Long.parseLong(times[2]));
  }
}
