package dev.sluice.worker.lease;

/**
 * One life of a request: the first, or that which an operator gave it again.
 *
 * @param letter offset of the dead letter that it was redriven as; {@code -1} for the first
 * @param attempts calls made in the lives before
 */
public record Life(long letter, int attempts) {
  public static final Life FIRST = new Life(-1, 0);

  public boolean isRedriven() {
    return letter >= 0;
  }
}
