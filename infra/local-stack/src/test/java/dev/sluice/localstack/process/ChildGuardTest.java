package dev.sluice.localstack.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ChildGuardTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  @Test
  void children_end_when_the_pipe_of_their_parent_closes() throws Exception {
    var watched = sleeping();
    var frozen = sleeping();
    try (var guard = ChildGuard.start()) {
      guard.watch(watched.pid(), Signal.TERM);
      guard.watch(frozen.pid(), Signal.INT);
      Signal.STOP.send(frozen.pid());
    }

    assertThat(watched.waitFor(SOON)).isTrue();
    assertThat(frozen.waitFor(SOON)).isTrue();
  }

  @Test
  void a_forgotten_child_is_left_alone() throws Exception {
    var forgotten = sleeping();
    var watched = sleeping();
    try (var guard = ChildGuard.start()) {
      guard.watch(forgotten.pid(), Signal.TERM);
      guard.watch(watched.pid(), Signal.TERM);
      guard.forget(forgotten.pid());
    }

    assertThat(watched.waitFor(SOON)).isTrue();
    assertThat(forgotten.isAlive()).isTrue();
    forgotten.destroyForcibly();
  }

  private static Process sleeping() throws IOException {
    return new ProcessBuilder("sleep", "600").start();
  }
}
