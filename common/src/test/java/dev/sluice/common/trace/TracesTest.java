package dev.sluice.common.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TracesTest {
  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private final Traces traces =
      new Traces(
          OpenTelemetrySdk.builder()
              .setTracerProvider(
                  SdkTracerProvider.builder()
                      .addSpanProcessor(SimpleSpanProcessor.create(spans))
                      .build())
              .build());

  @Test
  void while_tracing_is_off_nothing_is_made() {
    try (var step = Traces.OFF.step("one")) {
      assertThat(step).isSameAs(Step.NONE);
      assertThat(Traces.OFF.current()).isNull();
    }
    assertThat(Traces.OFF.passage("two", SpanKind.INTERNAL, null)).isSameAs(Passage.NONE);
    assertThat(Passage.NONE.text()).isNull();
  }

  @Test
  void a_step_is_part_of_what_its_thread_works_on() {
    try (var _ = traces.step("outer");
        var inner = traces.step("inner")) {
      inner.tell("sluice.pool", "gpt-4o").failed("rate_limit_exceeded");
    }
    assertThat(span("inner").getParentSpanId()).isEqualTo(span("outer").getSpanId());
    assertThat(span("inner").getAttributes().asMap().values())
        .containsExactlyInAnyOrder("gpt-4o", "rate_limit_exceeded");
    assertThat(Context.current()).isEqualTo(Context.root());
  }

  @Test
  void another_service_goes_on_where_the_text_says() {
    var sent = traces.passage("send", SpanKind.PRODUCER, Context.root());
    var text = sent.text();
    sent.end();
    traces.past("wait", traces.context(text), Instant.EPOCH, Instant.EPOCH.plusSeconds(1));
    assertThat(span("wait").getParentSpanId()).isEqualTo(span("send").getSpanId());
    assertThat(span("wait").getTraceId()).isEqualTo(span("send").getTraceId());
  }

  @Test
  void nonsense_begins_a_trace_of_its_own() {
    try (var _ = traces.step("step", SpanKind.CONSUMER, traces.context("00-nonsense-01"))) {
      assertThat(traces.current()).isNotNull();
    }
    assertThat(span("step").getParentSpanContext().isValid()).isFalse();
  }

  private SpanData span(String name) {
    return spans.getFinishedSpanItems().stream()
        .filter(span -> span.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
