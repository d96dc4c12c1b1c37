package dev.sluice.benchmarks;

import java.util.List;

/** One measured claim. */
public interface Benchmark {
  /**
   * Measures every subject, the baseline included, and prints what it is doing.
   *
   * @return one row a subject and setting
   */
  List<Row> run(Run run) throws InterruptedException;
}
