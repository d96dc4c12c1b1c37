package dev.sluice.simulator.wire;

/** The two ways to ask a model. */
public enum Endpoint {
  RESPONSES("/v1/responses"),
  CHAT("/v1/chat/completions");

  private final String path;

  Endpoint(String path) {
    this.path = path;
  }

  public String path() {
    return path;
  }
}
