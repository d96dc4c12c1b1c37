package dev.sluice.simulator.wire;

/** The request is answered with an error and nothing else happens. */
public final class RejectedRequest extends RuntimeException {
  private final transient ApiError error;

  public RejectedRequest(ApiError error) {
    super(error.message(), null, false, false); // an answer, not a fault: no stack trace
    this.error = error;
  }

  public ApiError error() {
    return error;
  }
}
