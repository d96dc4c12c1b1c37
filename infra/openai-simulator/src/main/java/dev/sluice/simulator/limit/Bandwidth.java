package dev.sluice.simulator.limit;

/** Which limit of a pool is meant, in the words of the provider's 429 text. */
public enum Bandwidth {
  REQUESTS_PER_MINUTE("requests per min (RPM)", "requests"),
  TOKENS_PER_MINUTE("tokens per min (TPM)", "tokens"),
  REQUESTS_PER_DAY("requests per day (RPD)", "requests");

  private final String label;
  private final String errorType;

  Bandwidth(String label, String errorType) {
    this.label = label;
    this.errorType = errorType;
  }

  public String label() {
    return label;
  }

  /** The {@code type} of the error body: {@code requests} or {@code tokens}. */
  public String errorType() {
    return errorType;
  }
}
