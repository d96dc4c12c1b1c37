package dev.sluice.simulator.wire;

import tools.jackson.databind.node.ObjectNode;

/**
 * A checked request.
 *
 * @param maxOutputTokens 0 for no limit
 * @param includeUsage chat streams only: whether a last chunk carries the usage
 * @param serviceTier the tier that serves it, which answers name
 * @param body as it came; answers echo parts of it
 */
public record ModelRequest(
    Endpoint endpoint,
    String model,
    Prompt prompt,
    int maxOutputTokens,
    boolean stream,
    boolean includeUsage,
    String serviceTier,
    ObjectNode body) {

  /** Tokens that the limits charge up front: max(max_output_tokens, estimate of the input). */
  public long charge() {
    return Math.max(1, Math.max(maxOutputTokens, prompt.estimate()));
  }
}
