package dev.sluice.api.socket;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TurnsTest {
  private final Turns<String> turns = new Turns<>(2, 3);

  @Test
  void requests_of_one_stream_run_one_after_the_other() {
    turns.offer("a", "a1");
    turns.offer("a", "a2");
    assertThat(turns.next()).containsExactly("a1");
    assertThat(turns.next()).isEmpty();
    turns.ended("a");
    assertThat(turns.next()).containsExactly("a2");
  }

  @Test
  void streams_run_at_once_up_to_the_limit() {
    turns.offer("a", "a1");
    turns.offer("b", "b1");
    turns.offer("c", "c1");
    assertThat(turns.next()).containsExactly("a1", "b1");
    turns.ended("a");
    assertThat(turns.next()).containsExactly("c1");
  }

  @Test
  void a_busy_stream_does_not_stop_those_behind_it() {
    turns.offer("a", "a1");
    turns.next();
    turns.offer("a", "a2");
    turns.offer("b", "b1");
    assertThat(turns.next()).containsExactly("b1");
  }

  @Test
  void the_line_is_bounded() {
    turns.offer("a", "a1");
    turns.next();
    for (int i = 0; i < 3; i++) assertThat(turns.offer("a", "more")).isTrue();
    assertThat(turns.offer("a", "too many")).isFalse();
  }

  @Test
  void it_is_idle_when_nothing_runs_and_nobody_waits() {
    assertThat(turns.isIdle()).isTrue();
    turns.offer("a", "a1");
    assertThat(turns.isIdle()).isFalse();
    turns.next();
    turns.offer("a", "a2");
    turns.ended("a");
    assertThat(turns.isIdle()).isFalse();
    turns.next();
    turns.ended("a");
    assertThat(turns.isIdle()).isTrue();
  }
}
