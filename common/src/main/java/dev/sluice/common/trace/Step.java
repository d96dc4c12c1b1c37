package dev.sluice.common.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * A span that its thread works on until it is closed. What is told of it must come from closed
 * sets, but for the id of the request: never text of a user. Belongs to one thread.
 */
public final class Step implements AutoCloseable {
  /** Nothing is traced. */
  public static final Step NONE = new Step();

  private static final String ERROR = "error.type"; // of OpenTelemetry's semantic conventions

  private final @Nullable Span span;
  private final Scope scope;

  private Step() {
    span = null;
    scope = Scope.noop();
  }

  @SuppressWarnings("MustBeClosedChecker") // closed with the step
  Step(Span span) {
    this.span = span;
    this.scope = span.makeCurrent();
  }

  public Step tell(String key, String value) {
    if (span != null) span.setAttribute(key, value);
    return this;
  }

  public Step tell(String key, long value) {
    if (span != null) span.setAttribute(key, value);
    return this;
  }

  /** Something happened now. */
  public void event(String name) {
    if (span != null) span.addEvent(name);
  }

  /**
   * @param code stable code of what went wrong
   */
  public void failed(String code) {
    if (span != null) failed(span, code);
  }

  static void failed(Span span, String code) {
    span.setAttribute(ERROR, code).setStatus(StatusCode.ERROR);
  }

  @Override
  public void close() {
    scope.close();
    if (span != null) span.end();
  }
}
