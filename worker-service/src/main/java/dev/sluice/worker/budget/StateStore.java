package dev.sluice.worker.budget;

/** Where a pool's state lives, for the whole fleet. Thread-safe; blocks for one round trip. */
interface StateStore {
  byte[] NONE = {};

  /**
   * Replaces {@code expected} by {@code next}, if it is what is stored.
   *
   * @param expected {@link #NONE} where nothing should be stored yet
   * @throws StateUnavailableException if the store does not answer in time; whether it replaced the
   *     state is then unknown
   */
  Answer replace(byte[] expected, byte[] next) throws InterruptedException;

  /**
   * @param current what is stored, if it was not replaced; {@link #NONE} if nothing is
   * @param at the store's own time, ns since the epoch
   */
  record Answer(boolean replaced, byte[] current, long at) {}
}
