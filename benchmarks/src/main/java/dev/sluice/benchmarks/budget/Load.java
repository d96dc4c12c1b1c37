package dev.sluice.benchmarks.budget;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Hands a workload to a subject as it arrives, whether or not what came before has been answered.
 */
final class Load implements AutoCloseable {
  private final Workload workload;
  private final Subject subject;
  private final Map<String, Instant> arrivals = new ConcurrentHashMap<>();
  private final Thread thread;

  private Load(Workload workload, Subject subject, boolean backlog) {
    this.workload = workload;
    this.subject = subject;
    this.thread = Thread.ofPlatform().name("load").start(() -> run(backlog));
  }

  /** Begins with a backlog, so that the limit binds from the first second on. */
  static Load saturating(Workload workload, Subject subject) {
    return new Load(workload, subject, true);
  }

  static Load light(Workload workload, Subject subject) {
    return new Load(workload, subject, false);
  }

  /** When each request arrived, by its id; grows while this runs. */
  Map<String, Instant> arrivals() {
    return arrivals;
  }

  private void run(boolean backlog) {
    if (backlog) workload.backlog().forEach(this::put);
    long next = System.nanoTime();
    try {
      while (!Thread.currentThread().isInterrupted()) {
        next += workload.pause().toNanos();
        TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
        put(workload.next());
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private void put(Question question) {
    arrivals.put(question.id(), Instant.now());
    subject.ask(question);
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
