package dev.sluice.common.config;

/** Parts of the configuration contradict each other; the message says what to set. */
public final class MisconfiguredException extends RuntimeException {
  /**
   * @param whatToSet a sentence that begins with {@code set} and names the key
   */
  public MisconfiguredException(String whatToSet) {
    super(whatToSet);
  }
}
