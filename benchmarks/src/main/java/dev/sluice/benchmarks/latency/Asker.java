package dev.sluice.benchmarks.latency;

import java.util.concurrent.CompletableFuture;

/** A client of one subject. */
interface Asker extends AutoCloseable {
  /**
   * Asks a question and reads the whole answer.
   *
   * @return time from sending the question to the first piece of the answer, ns; fails if no whole
   *     answer came
   */
  CompletableFuture<Long> ask(String question);

  @Override
  void close();
}
