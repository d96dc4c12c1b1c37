package dev.sluice.worker.model;

/**
 * One event of the provider's stream, raw.
 *
 * @param type its {@code type}, such as {@code response.output_text.delta}
 * @param json the event as it came, UTF-8
 */
public record ProviderEvent(String type, byte[] json) {
  /** Whether it carries a piece of the answer, so that what follows cannot be told twice. */
  public boolean isDelta() {
    return type.endsWith(".delta");
  }
}
