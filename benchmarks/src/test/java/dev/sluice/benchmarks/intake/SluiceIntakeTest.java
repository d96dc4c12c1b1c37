package dev.sluice.benchmarks.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.benchmarks.TestingStack;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The worker's packages change; a benchmark that leaves one of them out does not start. */
class SluiceIntakeTest {
  @Test
  @Timeout(60)
  void what_lies_on_its_lane_is_worked_on() throws InterruptedException {
    var work = new Work(20);
    try (var records = new Records(TestingStack.kafka())) {
      var lane = records.lane("sluice-intake-test");
      records.backlog(lane, 20);
      SluiceIntake.start(TestingStack.kafka(), lane, work, TestingStack.run().home());
      work.awaitBusy();
    }
    assertThat(work.requests()).hasSize(20);
  }
}
