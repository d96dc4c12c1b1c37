package dev.sluice.api.replies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.topic.Reply;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FollowingTest {
  private final List<Long> heard = new ArrayList<>();
  private final Following following = new Following(reply -> heard.add(reply.sequence()), 0);

  @Test
  void each_event_passes_once() {
    hear(1, 1);
    hear(1, 1);
    hear(1, 2);
    hear(1, 1);
    assertThat(heard).containsExactly(1L, 2L);
  }

  @Test
  void a_former_owner_is_not_heard_any_more() {
    hear(1, 1);
    hear(2, 2);
    hear(1, 3);
    hear(2, 3);
    assertThat(heard).containsExactly(1L, 2L, 3L);
  }

  @Test
  void a_new_owner_that_begins_again_doubles_nothing() {
    hear(1, 1);
    hear(1, 2);
    hear(2, 1);
    hear(2, 2);
    hear(2, 3);
    assertThat(heard).containsExactly(1L, 2L, 3L);
  }

  @Test
  void the_terminal_event_ends_it() {
    assertThat(following.hear(new Reply("resp_1", 1, 1, false, new byte[0]))).isFalse();
    assertThat(following.hear(new Reply("resp_1", 2, 1, true, new byte[0]))).isTrue();
  }

  @Test
  void an_end_for_its_own_client_is_heard_and_so_is_what_comes_after_it() {
    hear(7, 1);
    assertThat(following.hear(new Reply("resp_1", 9, Reply.OWN_CLIENT, true, new byte[0])))
        .isTrue();
    hear(7, 2);
    assertThat(heard).containsExactly(1L, 9L, 2L);
  }

  @Test
  void the_last_word_is_not_taken_back() {
    hear(7, 1);
    assertThat(following.hear(new Reply("resp_1", 2, Reply.LAST_WORD, true, new byte[0]))).isTrue();
    hear(8, 3);
    assertThat(heard).containsExactly(1L, 2L);
  }

  private void hear(long fence, long sequence) {
    following.hear(new Reply("resp_1", sequence, fence, false, new byte[0]));
  }
}
