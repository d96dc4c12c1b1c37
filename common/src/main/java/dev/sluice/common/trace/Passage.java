package dev.sluice.common.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** A span that no thread owns; it must be ended. Thread-safe. */
public final class Passage {
  static final Passage NONE = new Passage();

  private final @Nullable Span span;
  private final Context context;

  private Passage() {
    span = null;
    context = Context.root();
  }

  Passage(Span span, Context parent) {
    this.span = span;
    this.context = parent.with(span);
  }

  /** For steps that are part of it. */
  public Context context() {
    return context;
  }

  /** For another service; null if nothing is traced. */
  public @Nullable String text() {
    return span == null ? null : Traces.text(context);
  }

  public Passage tell(String key, String value) {
    if (span != null) span.setAttribute(key, value);
    return this;
  }

  /** Something happened now. */
  public void event(String name) {
    if (span != null) span.addEvent(name);
  }

  public void end() {
    if (span != null) span.end();
  }

  /**
   * Ends it.
   *
   * @param code stable code of what went wrong
   */
  public void failed(String code) {
    if (span == null) return;
    Step.failed(span, code);
    span.end();
  }
}
