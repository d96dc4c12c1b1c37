package dev.sluice.common.error;

import java.util.Locale;

/**
 * A failure with a stable code, the HTTP status it has at the edge, and the sentence that says what
 * to do. The wire form is the name in lower case; names never change once released.
 */
public enum ErrorCode {
  INVALID_JSON(400, Type.REQUEST, "This is not a JSON object. Send one JSON object."),
  UNKNOWN_EVENT(
      400,
      Type.REQUEST,
      "Unknown event type. Send response.create, response.cancel or response.resume."),
  INVALID_TYPE(400, Type.REQUEST, "A field has the wrong type. See param."),
  INVALID_VALUE(400, Type.REQUEST, "A field has a value that is not allowed. See param."),
  MISSING_REQUIRED_PARAMETER(400, Type.REQUEST, "A required field is missing. See param."),
  UNSUPPORTED_PARAMETER(400, Type.REQUEST, "This field is not supported here. Leave it out."),
  PERIOD_REQUIRED(
      400,
      Type.REQUEST,
      "The question names no period. Send the days from (the first one) and to (the first one left"
          + " out), such as from=2026-11-01&to=2026-12-01."),
  RATE_CARD_CONFLICT(
      409,
      Type.REQUEST,
      "The rate card contradicts one that the ledger has. Cards are never changed; see GET"
          + " /api/finance/rate-cards."),
  EMPTY_INPUT(400, Type.REQUEST, "The input is empty. Send text or at least one input item."),
  TOKENS_EXCEED_LIMIT(
      400,
      Type.REQUEST,
      "The request needs more tokens than its model's limit grants in a minute. Shorten the input"
          + " or lower max_output_tokens."),
  CONTEXT_LENGTH_EXCEEDED(
      400,
      Type.REQUEST,
      "The conversation is longer than the model can take. Shorten the newest message or what it"
          + " refers to, or lower max_output_tokens."),
  REQUEST_TOO_LARGE(413, Type.REQUEST, "The request is too large. Shorten the input."),
  MODEL_NOT_FOUND(
      404, Type.REQUEST, "The model does not exist here or has no budget. See GET /v1/models."),
  RESPONSE_NOT_FOUND(
      404, Type.REQUEST, "No response with this id is known for this user. Check the id."),
  PREVIOUS_RESPONSE_NOT_FOUND(
      400,
      Type.REQUEST,
      "No response with this id can be continued: it is unknown for this user, expired, deleted, or"
          + " was not to be stored. Send the whole conversation as input."),
  NOT_FOUND(404, Type.REQUEST, "There is nothing at this address. Check the path."),
  INVALID_TOKEN(
      401, Type.AUTHENTICATION, "The access token is missing, expired or wrong. Sign in again."),
  TOKEN_EXPIRED(
      401,
      Type.AUTHENTICATION,
      "The access token of this connection has expired. Connect again with a new one; responses"
          + " under way are still delivered."),
  ORIGIN_NOT_ALLOWED(
      403,
      Type.PERMISSION,
      "Pages of this origin may not call this service. An operator has to allow the origin."),
  FORBIDDEN(403, Type.PERMISSION, "This account lacks the role for this. Ask an operator for it."),
  WEBSOCKET_STREAM_LIMIT_REACHED(
      400,
      Type.REQUEST,
      "This connection has reached its number of stream ids. Reuse one or open another"
          + " connection."),
  WEBSOCKET_CONNECTION_LIMIT_REACHED(
      400, Type.REQUEST, "This connection has reached its maximum age. Open a new one."),
  TOO_MANY_CONNECTIONS(
      429,
      Type.RATE_LIMIT,
      "This user has as many connections open as one may have. Close one, then connect again."),
  TOO_MANY_FRAMES(
      429,
      Type.RATE_LIMIT,
      "This connection sent more frames than it may, and is closed. Send fewer; one connection"
          + " carries many responses."),
  TOO_MANY_RESPONSES(
      429,
      Type.RATE_LIMIT,
      "Too many responses wait on this connection. Wait for one to end, then send again."),
  USER_LIMIT_EXCEEDED(
      429, Type.RATE_LIMIT, "You have asked too often. Ask again after the time in retry-after."),
  TOO_MANY_QUEUED(
      429,
      Type.RATE_LIMIT,
      "As many of your requests wait as may. Ask again when some have been answered."),
  WAIT_TOO_LONG(
      429,
      Type.RATE_LIMIT,
      "The queue is longer than the request may wait; nothing was accepted. Ask again after the time"
          + " in retry-after."),
  SPEND_CAP_REACHED(
      429,
      Type.QUOTA,
      "The spend cap is reached. Wait until the period in the message is over, or ask finance to raise"
          + " it."),
  IDEMPOTENCY_KEY_REUSED(
      400,
      Type.REQUEST,
      "This idempotency key was used for another request within a day. Use a new one."),
  SERVICE_UNAVAILABLE(
      503, Type.SERVER, "The request could not be queued; nothing was accepted. Try again."),
  RATE_LIMIT_EXCEEDED(
      429, Type.RATE_LIMIT, "The provider kept refusing for its rate limit. Try again later."),
  INSUFFICIENT_QUOTA(
      503, Type.SERVER, "The provider account is out of credit. An operator has to top it up."),
  PROVIDER_CREDENTIALS_REJECTED(
      503,
      Type.SERVER,
      "The provider refused this service's key. An operator has to set a valid one."),
  PROVIDER_UNAVAILABLE(
      503, Type.SERVER, "The provider failed on every attempt. Try again in a minute."),
  PROVIDER_TIMEOUT(504, Type.SERVER, "The provider did not answer in time. Try again."),
  PROVIDER_STREAM_CUT(
      502,
      Type.SERVER,
      "The provider's stream ended early; what was received has been delivered. Ask again to get a"
          + " whole answer."),
  PROVIDER_REJECTED(400, Type.REQUEST, "The provider refused the request. See the message."),
  DEADLINE_EXCEEDED(
      504, Type.SERVER, "The request's time was over before it could be answered. Try again."),
  CANCELLED(499, Type.REQUEST, "The response was cancelled by its client."),
  WORKER_LOST(
      503,
      Type.SERVER,
      "The worker died in the middle of the answer; what was received has been delivered. Ask"
          + " again to get a whole answer."),
  REQUEST_SET_ASIDE(
      422,
      Type.SERVER,
      "Every worker that took this request died of it. It was set aside; an operator may run it"
          + " again. Do not send it again as it is."),
  SERVER_ERROR(500, Type.SERVER, "Something went wrong here. Try again; report it if it stays.");

  /** OpenAI's coarse classes of errors, the {@code type} of an error object. */
  private static final class Type {
    static final String REQUEST = "invalid_request_error";
    static final String AUTHENTICATION = "authentication_error";
    static final String PERMISSION = "permission_error";
    static final String RATE_LIMIT = "rate_limit_error";
    static final String QUOTA = "insufficient_quota";
    static final String SERVER = "server_error";

    private Type() {}
  }

  private final int status;
  private final String type;
  private final String sentence;

  ErrorCode(int status, String type, String sentence) {
    this.status = status;
    this.type = type;
    this.sentence = sentence;
  }

  /** The code on the wire, in metrics and in SQL. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** HTTP status of a refusal with this code. */
  public int status() {
    return status;
  }

  /** OpenAI's {@code error.type}. */
  public String type() {
    return type;
  }

  /** Whether the same request may succeed when it is sent again soon. */
  public boolean isRetryable() {
    return (status == 429 && this != SPEND_CAP_REACHED) || status >= 500;
  }

  /** What to do, for the person who reads it. */
  public String sentence() {
    return sentence;
  }
}
