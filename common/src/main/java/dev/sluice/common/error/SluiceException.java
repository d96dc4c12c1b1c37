package dev.sluice.common.error;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bad input at the edge or lost infrastructure, with its {@link ErrorCode}. */
public class SluiceException extends RuntimeException {
  private final ErrorCode code;
  private final @Nullable String param;
  private final Map<String, String> headers;

  /**
   * @param detail what exactly was wrong; shown to the client, so never a secret or a stack trace
   * @param param the field at fault, as a path such as {@code input[0].role}
   */
  public SluiceException(ErrorCode code, String detail, @Nullable String param) {
    super(detail);
    this.code = code;
    this.param = param;
    this.headers = Map.of();
  }

  /**
   * @param headers what HTTP says beside the error, such as {@code retry-after}
   */
  public SluiceException(ErrorCode code, String detail, Map<String, String> headers) {
    super(detail);
    this.code = code;
    this.param = null;
    this.headers = Map.copyOf(headers);
  }

  public SluiceException(ErrorCode code, String detail, Throwable cause) {
    super(detail, cause);
    this.code = code;
    this.param = null;
    this.headers = Map.of();
  }

  public SluiceException(ErrorCode code, String detail) {
    super(detail);
    this.code = code;
    this.param = null;
    this.headers = Map.of();
  }

  public SluiceException(ErrorCode code) {
    this(code, code.sentence());
  }

  public ErrorCode code() {
    return code;
  }

  public @Nullable String param() {
    return param;
  }

  /** What HTTP says beside the error, by header name in lower case. */
  public Map<String, String> headers() {
    return headers;
  }

  /** The detail given, or the code's own sentence. */
  public String detail() {
    return getMessage() == null ? code.sentence() : getMessage();
  }
}
