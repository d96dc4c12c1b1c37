package dev.sluice.worker.background;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.worker.background.PeriodicChores.Chore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PeriodicChoresTest {
  private static final Duration SHORT = Duration.ofMillis(20);

  @Test
  void one_that_fails_has_its_next_turn_and_so_have_the_others() {
    var failed = new AtomicInteger();
    var others = new AtomicInteger();
    var chores =
        new PeriodicChores(
            "chores",
            List.of(
                Chore.every(
                    SHORT,
                    "failing",
                    () -> {
                      failed.incrementAndGet();
                      throw new IllegalStateException("as it happens");
                    }),
                Chore.every(SHORT, "other", others::incrementAndGet)));
    chores.start();
    await().until(() -> failed.get() > 2 && others.get() > 2);
    chores.stop();
    assertThat(chores.isRunning()).isFalse();
  }

  @Test
  void one_that_waits_is_told_to_stop() throws Exception {
    var begun = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    var chores =
        new PeriodicChores(
            "chores",
            List.of(
                Chore.every(
                    SHORT,
                    "waiting",
                    () -> {
                      begun.countDown();
                      try {
                        Thread.sleep(Duration.ofMinutes(1));
                      } finally {
                        ended.countDown();
                      }
                    })));
    chores.start();
    begun.await();
    chores.stop();
    assertThat(ended.await(5, SECONDS)).isTrue();
  }
}
