package dev.sluice.worker.budget;

/**
 * How many calls this worker may have under way at once, over all pools. A reservation has a slot
 * from the moment it is granted until it ends, so that nothing is reserved which could not start.
 * Thread-safe; nothing blocks.
 */
final class Slots {
  private int limit = Integer.MAX_VALUE; // guarded by this
  private int taken; // guarded by this
  private volatile Runnable onFree = () -> {};

  /** Runs when slots are free after there were none; must not block. */
  void onFree(Runnable action) {
    onFree = action;
  }

  /** From now on so many; what is taken beyond them stays until it ends. */
  void limit(int most) {
    change(() -> limit = most);
  }

  /**
   * @return how many of {@code wanted} there were
   */
  synchronized int take(int wanted) {
    int got = Math.clamp(limit - taken, 0, wanted);
    taken += got;
    return got;
  }

  void giveBack(int count) {
    change(() -> taken -= count);
  }

  synchronized boolean areFree() {
    return taken < limit;
  }

  private void change(Runnable change) {
    boolean freed;
    synchronized (this) {
      boolean wereFree = areFree();
      change.run();
      freed = !wereFree && areFree();
    }
    if (freed) onFree.run();
  }
}
