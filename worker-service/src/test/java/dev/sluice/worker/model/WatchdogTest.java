package dev.sluice.worker.model;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  private final AtomicLong now = new AtomicLong();
  private final Watchdog watchdog = new Watchdog(now::get);

  @AfterEach
  void close() {
    watchdog.close();
  }

  @Test
  void who_is_silent_for_longer_than_its_patience_is_late() throws InterruptedException {
    try (var watch = watchdog.watch(ofSeconds(5), ofHours(1), () -> {})) {
      pass(ofSeconds(4));
      assertThat(watch.isLate()).isFalse();
      watch.extend(ofSeconds(5));
      pass(ofSeconds(4));
      assertThat(watch.isLate()).isFalse();
      pass(ofSeconds(2));
      assertThat(watch.isLate()).isTrue();
    }
  }

  @Test
  void what_we_take_is_not_counted_but_for_the_whole_call() throws InterruptedException {
    try (var watch = watchdog.watch(ofSeconds(5), ofSeconds(60), () -> {})) {
      watch.pauseWhile(() -> passUninterrupted(ofSeconds(20)));
      pass(ofSeconds(4));
      assertThat(watch.isLate()).isFalse();
      watch.pauseWhile(() -> passUninterrupted(ofSeconds(60)));
      assertThat(watch.isLate()).isTrue();
    }
  }

  @Test
  void a_listener_that_fails_leaves_no_pause_behind() throws InterruptedException {
    try (var watch = watchdog.watch(ofSeconds(5), ofHours(1), () -> {})) {
      assertThatThrownBy(() ->
              watch.pauseWhile(() -> {
                throw new IllegalStateException("a test");
              }))
          .hasMessage("a test");
      pass(ofSeconds(6));
      assertThat(watch.isLate()).isTrue();
    }
  }

  private void passUninterrupted(Duration time) {
    try {
      pass(time);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns when the watchdog has looked at everything that is watched, after that time. */
  private void pass(Duration time) throws InterruptedException {
    now.addAndGet(time.toNanos());
    // A look goes by the time of its beginning, so that the second is not the first
    for (int look = 0; look < 2; look++) {
      var looked = new CountDownLatch(1);
      try (var _ = watchdog.watch(Duration.ofNanos(1), ofHours(1), looked::countDown)) {
        now.incrementAndGet();
        looked.await();
      }
    }
  }
}
