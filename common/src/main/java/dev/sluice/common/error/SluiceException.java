package dev.sluice.common.error;

import org.jspecify.annotations.Nullable;

/** Bad input at the edge or lost infrastructure, with its {@link ErrorCode}. */
public class SluiceException extends RuntimeException {
  private final ErrorCode code;
  private final @Nullable String param;

  /**
   * @param detail what exactly was wrong; shown to the client, so never a secret or a stack trace
   * @param param the field at fault, as a path such as {@code input[0].role}
   */
  public SluiceException(ErrorCode code, String detail, @Nullable String param) {
    super(detail);
    this.code = code;
    this.param = param;
  }

  public SluiceException(ErrorCode code, String detail, Throwable cause) {
    super(detail, cause);
    this.code = code;
    this.param = null;
  }

  public SluiceException(ErrorCode code, String detail) {
    super(detail);
    this.code = code;
    this.param = null;
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

  /** The detail given, or the code's own sentence. */
  public String detail() {
    return getMessage() == null ? code.sentence() : getMessage();
  }
}
