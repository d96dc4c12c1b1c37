package dev.sluice.localstack;

/** The real provider: its base URL, {@code /v1} included, and our key. */
public record OpenAiAccess(String baseUrl, String key) {

  public static final String DEFAULT_URL = "https://api.openai.com/v1";

  @Override
  public String toString() {
    return "OpenAiAccess[" + baseUrl + "]";
  }
}
