package dev.sluice.benchmarks.budget;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.benchmarks.Row;
import org.junit.jupiter.api.Test;

class WorkerMetricsTest {
  private static final String BEFORE =
      """
      # HELP sluice_budget_exchanges_total Exchanges
      sluice_budget_exchanges_total{outcome="replaced",pool="gpt-4o"} 10.0
      sluice_budget_reservation_seconds{pool="gpt-4o",quantile="0.5"} 0.001
      sluice_budget_reservation_seconds{pool="gpt-4o",quantile="0.99"} 0.002
      """;
  private static final String AFTER =
      """
      # HELP sluice_budget_exchanges_total Exchanges
      sluice_budget_exchanges_total{outcome="replaced",pool="gpt-4o"} 30.0
      sluice_budget_exchanges_total{outcome="conflict",pool="gpt-4o"} 5.0
      sluice_budget_reservation_seconds{pool="gpt-4o",quantile="0.5"} 0.003
      sluice_budget_reservation_seconds{pool="gpt-4o",quantile="0.99"} 0.004
      sluice_budget_reservation_seconds{pool="gpt-4o-mini",quantile="0.99"} 9.0
      """;

  @Test
  void a_counter_is_summed_over_its_labels_and_told_a_request() {
    assertThat(grown().describe(Row.of("sluice"), "gpt-4o", 50).fields())
        .containsEntry("budget_exchanges_per_request", 0.5);
  }

  @Test
  void a_quantile_is_the_pools_own_and_no_difference() {
    assertThat(grown().describe(Row.of("sluice"), "gpt-4o", 50).fields())
        .containsEntry("budget_p50_ms", 3.0)
        .containsEntry("budget_p99_ms", 4.0);
  }

  @Test
  void what_workers_do_not_tell_is_left_out() {
    var silent = WorkerMetrics.parse("jvm_threads 4\n");
    assertThat(silent.describe(Row.of("sluice"), "gpt-4o", 10).fields())
        .containsOnlyKeys("subject");
  }

  private static WorkerMetrics grown() {
    return WorkerMetrics.parse(AFTER).since(WorkerMetrics.parse(BEFORE));
  }
}
