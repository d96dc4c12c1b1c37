package dev.sluice.benchmarks.relay;

/** Takes the events of one answer from the thread that reads it. */
interface Reader {
  /** One event of the provider's, as soon as it has been read. */
  void event(String type, byte[] json);

  /** All has been read; returns when whoever asked has all of it. */
  void end() throws InterruptedException;
}
