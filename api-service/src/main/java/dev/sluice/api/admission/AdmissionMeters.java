package dev.sluice.api.admission;

import dev.sluice.common.error.ErrorCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What admission tells its operators. */
final class AdmissionMeters {
  private final MeterRegistry registry;

  AdmissionMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  void admitted(Admitted admitted) {
    switch (admitted) {
      case Admitted.Queueable queueable -> {
        decided("queued");
        looked(queueable.concern().question() == null ? "off" : "miss");
        if (!queueable.dropped().isNothing()) dropped(queueable.dropped().droppedTokens());
      }
      case Admitted.Cached _ -> {
        decided("cached");
        looked("hit");
      }
      case Admitted.Coalesced _ -> {
        decided("coalesced");
        looked("coalesced");
      }
      case Admitted.Repeated _ -> decided("repeated");
    }
  }

  void refused(ErrorCode code) {
    decided(code.code());
  }

  private void decided(String outcome) {
    Counter.builder("sluice.admissions")
        .description(
            "Requests by what admission decided, or by the code that they were refused with")
        .tag("outcome", outcome)
        .register(registry)
        .increment();
  }

  private void looked(String outcome) {
    Counter.builder("sluice.cache.requests")
        .description("Requests by what the cache had for them; off: nothing may be shared")
        .tag("outcome", outcome)
        .register(registry)
        .increment();
  }

  private void dropped(long tokens) {
    Counter.builder("sluice.trim.dropped")
        .description("Input tokens of older turns that were left out of long conversations")
        .baseUnit("tokens")
        .register(registry)
        .increment(tokens);
  }
}
