package dev.sluice.worker.control;

import static dev.sluice.common.message.LimitingFactor.CIRCUIT_OPEN;
import static dev.sluice.common.message.LimitingFactor.CONCURRENCY;
import static dev.sluice.common.message.LimitingFactor.IDLE;
import static dev.sluice.common.message.LimitingFactor.PAUSED;
import static dev.sluice.common.message.LimitingFactor.PROVIDER_LATENCY;
import static dev.sluice.common.message.LimitingFactor.TPM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.message.LimitingFactor;
import dev.sluice.common.message.WorkerReport.PoolReport;
import dev.sluice.worker.control.Limiting.LaneSeen;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitingTest {
  private static final LaneSeen NOTHING = new LaneSeen(false, false, 0, 0);
  private static final LaneSeen RUNNING = new LaneSeen(false, false, 3, 0);
  private static final LaneSeen FULL = new LaneSeen(false, true, 5, 20);
  private static final LaneSeen HELD = new LaneSeen(true, false, 1, 20);

  @Test
  void a_pool_names_what_its_requests_wait_for() {
    assertThat(Limiting.pool(TPM, List.of(FULL))).isEqualTo(TPM);
    assertThat(Limiting.pool(CIRCUIT_OPEN, List.of(RUNNING))).isEqualTo(CIRCUIT_OPEN);
    assertThat(Limiting.pool(IDLE, List.of(NOTHING, FULL))).isEqualTo(CONCURRENCY);
    assertThat(Limiting.pool(IDLE, List.of(NOTHING, HELD))).isEqualTo(PAUSED);
    assertThat(Limiting.pool(IDLE, List.of(NOTHING, RUNNING))).isEqualTo(PROVIDER_LATENCY);
    assertThat(Limiting.pool(IDLE, List.of(NOTHING, NOTHING))).isEqualTo(IDLE);
  }

  @Test
  void a_lane_in_which_nobody_waits_is_not_limited_by_its_pool() {
    assertThat(Limiting.lane(TPM, FULL)).isEqualTo(TPM);
    assertThat(Limiting.lane(TPM, RUNNING)).isEqualTo(PROVIDER_LATENCY);
    assertThat(Limiting.lane(TPM, NOTHING)).isEqualTo(IDLE);
    assertThat(Limiting.lane(TPM, HELD)).isEqualTo(PAUSED);
  }

  @Test
  void a_worker_is_limited_by_what_most_of_its_requests_wait_for() {
    assertThat(Limiting.worker(List.of(pool(TPM, 9), pool(CONCURRENCY, 10))))
        .isEqualTo(CONCURRENCY);
    assertThat(Limiting.worker(List.of(pool(CIRCUIT_OPEN, 0), pool(PROVIDER_LATENCY, 0))))
        .isEqualTo(PROVIDER_LATENCY);
    assertThat(Limiting.worker(List.of(pool(IDLE, 0)))).isEqualTo(IDLE);
  }

  private static PoolReport pool(LimitingFactor factor, int waiting) {
    return new PoolReport("p", factor, waiting, 0, null, 0, List.of(), 0, 0, 0);
  }
}
