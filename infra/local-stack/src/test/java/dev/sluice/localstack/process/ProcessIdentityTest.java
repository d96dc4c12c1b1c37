package dev.sluice.localstack.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProcessIdentityTest {

  private Process process;

  @BeforeEach
  void startProcess() throws IOException {
    process = new ProcessBuilder("sleep", "600").start();
  }

  @AfterEach
  void endProcess() {
    process.destroyForcibly();
  }

  @Test
  void a_process_that_still_runs_is_found() {
    assertThat(ProcessIdentity.of(process.toHandle()).find()).contains(process.toHandle());
  }

  @Test
  void a_pid_that_now_belongs_to_another_process_is_left_alone() {
    var seen = ProcessIdentity.of(process.toHandle());
    var earlier = new ProcessIdentity(seen.pid(), seen.started().minusSeconds(60), seen.command());

    earlier.end(Signal.KILL, Duration.ofSeconds(5));

    assertThat(earlier.find()).isEmpty();
    assertThat(process.isAlive()).isTrue();
  }

  @Test
  void a_frozen_process_is_ended_too() throws InterruptedException {
    var seen = ProcessIdentity.of(process.toHandle());
    Signal.STOP.send(process.pid());

    seen.end(Signal.TERM, Duration.ofSeconds(5));

    // This JVM learns of its child's end a moment after the child has ended
    assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
  }
}
