package dev.sluice.simulator.fault;

import org.jspecify.annotations.Nullable;

/**
 * One fault and the requests it is meant for.
 *
 * @param times how many matching requests it applies to
 * @param model only requests for this model, as it was asked for; null for any
 * @param match only requests whose input contains this; null for any
 * @param atToken cut, malformed_event, failed_event and a hang after headers happen after this many
 *     output tokens
 * @param retryAfterMs what a rate_limit or slow_down tells the client to wait
 * @param delayMs time before the first token of a slow_first_token
 * @param afterHeaders hang: after the status and headers, not before
 * @param status HTTP status in place of the kind's own; 0 keeps it
 * @param code error code in place of the kind's own
 */
public record Fault(
    FaultKind kind,
    int times,
    @Nullable String model,
    @Nullable String match,
    int atToken,
    long retryAfterMs,
    long delayMs,
    boolean afterHeaders,
    int status,
    @Nullable String code) {
  public Fault {
    if (times < 1) {
      throw new IllegalArgumentException("set times to 1 or more");
    }
    if (atToken < 0 || retryAfterMs < 0 || delayMs < 0) {
      throw new IllegalArgumentException("set at_token, retry_after_ms and ms to 0 or more");
    }
    if (status != 0 && (status < 400 || status > 599)) {
      throw new IllegalArgumentException("set status to 400 … 599");
    }
  }

  /** The fault with a budget of its own, for one request. */
  Fault once() {
    return withTimes(1);
  }

  Fault withTimes(int left) {
    return new Fault(
        kind, left, model, match, atToken, retryAfterMs, delayMs, afterHeaders, status, code);
  }

  boolean matches(String askedModel, String input) {
    return (model == null || model.equals(askedModel)) && (match == null || input.contains(match));
  }

  public int statusOr(int usual) {
    return status == 0 ? usual : status;
  }

  public String codeOr(String usual) {
    return code == null ? usual : code;
  }
}
