package dev.sluice.benchmarks.budget;

/** Something that brings requests to a provider whose limits it must share. Thread-safe. */
interface Subject extends AutoCloseable {
  /** Takes a request and returns at once. */
  void ask(Question question);

  /** Requests that ended without an answer; final once this is closed. */
  long lost();

  /** Ends what still runs; what waited is forgotten. */
  @Override
  void close();
}
