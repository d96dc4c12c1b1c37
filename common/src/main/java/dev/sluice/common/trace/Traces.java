package dev.sluice.common.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Makes the spans of one service and carries their context in text (W3C Trace Context). Below what
 * a span is, is said by the thread's current context, or by whoever begins it. Thread-safe.
 */
public final class Traces {
  /** Nothing is traced; costs a comparison for each span that would have been. */
  public static final Traces OFF = new Traces();

  /** Header of a record, and of an HTTP request, that names the span which led to it. */
  public static final String HEADER = "traceparent";

  private static final String SCOPE = "dev.sluice";
  private static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();

  private final @Nullable Tracer tracer;

  private Traces() {
    tracer = null;
  }

  public Traces(OpenTelemetry telemetry) {
    tracer = telemetry.getTracer(SCOPE);
  }

  /** A step of what this thread works on, from now until it is closed, on this thread. */
  public Step step(String name) {
    return step(name, SpanKind.INTERNAL, null);
  }

  /**
   * @param parent what the step is part of; null for what this thread works on
   */
  public Step step(String name, SpanKind kind, @Nullable Context parent) {
    var spans = tracer;
    return spans == null ? Step.NONE : new Step(span(spans, name, kind, parent).startSpan());
  }

  /** A step that other threads go on with; it is not what this thread works on. */
  public Passage passage(String name, SpanKind kind, @Nullable Context parent) {
    var spans = tracer;
    return spans == null
        ? Passage.NONE
        : new Passage(span(spans, name, kind, parent).startSpan(), parentOrCurrent(parent));
  }

  /** A step that is over. */
  public void past(String name, Context parent, Instant from, Instant to) {
    var spans = tracer;
    if (spans == null) return;
    span(spans, name, SpanKind.INTERNAL, parent).setStartTimestamp(from).startSpan().end(to);
  }

  /** What this thread works on, as text for another service; null if nothing is traced. */
  public @Nullable String current() {
    return tracer == null ? null : text(Context.current());
  }

  /** The span that led to a record; null where none was told. */
  public static @Nullable String told(Headers headers) {
    var header = headers.lastHeader(HEADER);
    return header == null ? null : new String(header.value(), UTF_8);
  }

  /** A context as text for another service; null if there is nothing in it. */
  static @Nullable String text(Context context) {
    var carrier = new HashMap<String, String>();
    W3C.inject(context, carrier, (_, key, value) -> carrier.put(key, value));
    return carrier.get(HEADER);
  }

  /**
   * What another service has told.
   *
   * @param text as {@link #current()} made it; null or nonsense means that nothing is known
   */
  public Context context(@Nullable String text) {
    return tracer == null || text == null
        ? Context.root()
        : W3C.extract(Context.root(), text, TheOnlyHeader.GETTER);
  }

  private static SpanBuilder span(
      Tracer spans, String name, SpanKind kind, @Nullable Context parent) {
    return spans.spanBuilder(name).setSpanKind(kind).setParent(parentOrCurrent(parent));
  }

  private static Context parentOrCurrent(@Nullable Context parent) {
    return parent == null ? Context.current() : parent;
  }

  /** A carrier that is the header's value itself. */
  private enum TheOnlyHeader implements TextMapGetter<String> {
    GETTER;

    @Override
    public Iterable<String> keys(String carrier) {
      return List.of(HEADER);
    }

    @Override
    public @Nullable String get(@Nullable String carrier, String key) {
      return key.equals(HEADER) ? carrier : null;
    }
  }
}
