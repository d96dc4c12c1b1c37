package dev.sluice.api.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SocketSlotsTest {
  private final SocketSlots slots = new SocketSlots(3, 2);

  @Test
  void one_user_has_so_many_and_leaves_places_to_others() {
    slots.take("a");
    slots.take("a");
    assertThat(refusal("a")).isEqualTo(ErrorCode.TOO_MANY_CONNECTIONS);
    slots.take("b");
    assertThat(slots.open()).isEqualTo(3);
  }

  @Test
  void the_instance_has_so_many() {
    slots.take("a");
    slots.take("b");
    slots.take("c");
    assertThat(refusal("d")).isEqualTo(ErrorCode.SERVICE_UNAVAILABLE);
  }

  @Test
  void a_place_that_is_given_back_is_free_once() {
    var first = slots.take("a");
    slots.take("a");
    first.release();
    first.release();
    assertThat(slots.open()).isEqualTo(1);
    slots.take("a");
    assertThat(refusal("a")).isEqualTo(ErrorCode.TOO_MANY_CONNECTIONS);
  }

  @Test
  void many_at_once_never_get_more_than_there_are() {
    var refused = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        var user = "user-" + i;
        threads.execute(() -> {
          try {
            slots.take(user);
          } catch (SluiceException full) {
            refused.incrementAndGet();
          }
        });
      }
    }
    assertThat(refused).hasValue(97);
    assertThat(slots.open()).isEqualTo(3);
  }

  private ErrorCode refusal(String user) {
    return catchThrowableOfType(SluiceException.class, () -> slots.take(user)).code();
  }
}
