package dev.sluice.worker.budget;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A store in memory that can be held and made to fail. Thread-safe. */
final class TestingStateStore implements StateStore {
  private final Semaphore failures = new Semaphore(0);
  private byte[] stored = NONE; // guarded by this
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile boolean failing;
  private int lost; // guarded by this

  void hold(CountDownLatch until) {
    gate = until;
  }

  void fail(boolean fails) {
    failing = fails;
  }

  /** The next change is made, and nobody hears of it. */
  synchronized void loseAnswer() {
    lost++;
  }

  synchronized byte[] stored() {
    return stored;
  }

  void awaitFailures(int count) throws InterruptedException {
    if (!failures.tryAcquire(count, 10, TimeUnit.SECONDS))
      throw new AssertionError("nobody asked the store");
  }

  @Override
  public Answer replace(byte[] expected, byte[] next) throws InterruptedException {
    gate.await();
    if (failing) {
      failures.release();
      throw new StateUnavailableException(new IllegalStateException("told to fail"));
    }
    synchronized (this) {
      boolean same = Arrays.equals(stored, expected);
      if (same) stored = next;
      if (same && lost > 0) {
        lost--;
        throw new StateUnavailableException(new IllegalStateException("told to lose the answer"));
      }
      return new Answer(same, same ? NONE : stored, BudgetFixtures.MIDNIGHT + System.nanoTime());
    }
  }
}
