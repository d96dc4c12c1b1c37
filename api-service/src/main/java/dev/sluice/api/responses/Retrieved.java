package dev.sluice.api.responses;

/**
 * What is known of a response.
 *
 * @param ended whether it has ended; else it waits or runs
 * @param response the response object as JSON, UTF-8, as the event had it that told last
 */
public record Retrieved(boolean ended, byte[] response) {
  /** The response object in an event that has one, byte for byte. */
  public static byte[] ofEvent(byte[] event) {
    return ResponseField.of(event)
        .orElseThrow(() -> new IllegalArgumentException("an event without a response"));
  }
}
