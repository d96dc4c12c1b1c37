package dev.sluice.api.replies;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.id.ResponseId;
import dev.sluice.common.topic.Reply;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VisitTest {
  private static final ResponseId ID = new ResponseId("resp_1", 3, 100);

  private final List<String> told = new ArrayList<>();
  private final Visitor visitor =
      new Visitor() {
        @Override
        public void accept(Reply reply) {
          told.add("event " + reply.sequence());
        }

        @Override
        public void caughtUp(boolean found) {
          told.add(found ? "caught up" : "nothing found");
        }

        @Override
        public void atEnd() {
          told.add("end");
        }

        @Override
        public void lost(Loss loss) {
          told.add("lost: " + loss);
        }
      };

  @Test
  void a_visitor_hears_what_it_has_missed_and_then_what_is_to_come() {
    var visit = new Visit(ID, 0, visitor, false, false);
    assertThat(visit.begin(0, 120)).isEqualTo(100);
    visit.hearMissed(reply(0, 0, false));
    visit.hearMissed(reply(1, 1, false));
    visit.readMissed(110);
    visit.readMissed(120);
    visit.hear(reply(2, 1, true));
    assertThat(told).containsExactly("event 1", "caught up", "event 2", "end");
    assertThat(visit.isOver()).isTrue();
  }

  @Test
  void what_comes_while_it_catches_up_comes_after_what_it_has_missed_and_once() {
    var visit = new Visit(ID, -1, visitor, false, false);
    visit.begin(0, 120);
    visit.hear(reply(2, 1, false));
    visit.hear(reply(3, 1, false));
    for (int sequence = 0; sequence <= 2; sequence++)
      visit.hearMissed(reply(sequence, Math.min(sequence, 1), false));
    assertThat(told).containsExactly("event 0", "event 1", "event 2");
    visit.readMissed(120);
    visit.hearMissed(reply(3, 1, false));
    visit.hear(reply(4, 1, true));
    assertThat(told).endsWith("event 2", "event 3", "caught up", "event 4", "end");
  }

  @Test
  void a_response_whose_first_event_comes_while_it_is_looked_for_is_found() {
    var visit = new Visit(ID, -1, visitor, false, false);
    visit.begin(0, 120);
    visit.hear(reply(0, 0, false));
    visit.readMissed(120);
    assertThat(told).containsExactly("event 0", "caught up");
    assertThat(visit.isOver()).isFalse();
  }

  @Test
  void a_visitor_that_has_it_all_is_told_that_it_has_ended() {
    var visit = new Visit(ID, 2, visitor, false, false);
    visit.begin(0, 120);
    visit.hearMissed(reply(1, 1, false));
    visit.hearMissed(reply(2, 1, true));
    assertThat(told).containsExactly("caught up", "end");
  }

  @Test
  void nothing_of_a_response_ends_the_visit() {
    var visit = new Visit(ID, -1, visitor, false, false);
    visit.begin(0, 120);
    visit.readMissed(120);
    assertThat(told).containsExactly("nothing found");
    assertThat(visit.isOver()).isTrue();
  }

  @Test
  void an_offset_that_is_not_reached_yet_is_no_reason_to_read_from_the_start() {
    assertThat(new Visit(ID, -1, visitor, false, false).begin(0, 50)).isEqualTo(50);
  }

  @Test
  void what_the_log_no_longer_has_is_not_passed_over_in_silence() {
    var visit = new Visit(ID, 1, visitor, false, false);
    assertThat(visit.begin(110, 120)).isEqualTo(110);
    visit.hearMissed(reply(5, 1, false));
    assertThat(told).containsExactly("lost: EXPIRED");
    assertThat(visit.isOver()).isTrue();
  }

  @Test
  void what_the_log_no_longer_has_does_not_matter_to_whoever_has_it() {
    var visit = new Visit(ID, 4, visitor, false, false);
    visit.begin(110, 120);
    visit.hearMissed(reply(5, 1, false));
    assertThat(told).containsExactly("event 5");
  }

  @Test
  void a_visitor_that_has_left_hears_nothing() {
    var visit = new Visit(ID, -1, visitor, false, false);
    visit.begin(0, 120);
    visit.leave();
    visit.hearMissed(reply(0, 0, false));
    visit.readMissed(120);
    assertThat(told).isEmpty();
  }

  @Test
  void an_end_for_its_own_client_alone_ends_no_follower() {
    var follower = new Visit(ID, -1, visitor, true, false);
    follower.begin(0, 120);
    follower.hearMissed(reply(1, 7, false));
    follower.hearMissed(reply(1_001, Reply.OWN_CLIENT, true));
    follower.hearMissed(reply(2, 7, true));
    assertThat(told).containsExactly("event 1", "event 2", "caught up", "end");
    told.clear();
    var client = new Visit(ID, 0, visitor, false, false);
    client.begin(0, 120);
    client.hearMissed(reply(1, 7, false));
    client.hearMissed(reply(1_001, Reply.OWN_CLIENT, true));
    client.hearMissed(reply(2, 7, true));
    assertThat(told).containsExactly("event 1", "event 1001", "caught up", "end");
  }

  @Test
  void the_failure_of_a_redriven_response_is_the_end_if_nothing_newer_stands_behind_it() {
    var visit = redriven(-1);
    visit.hearMissed(reply(1, 7, false));
    visit.hearMissed(reply(2, 7, true));
    visit.readMissed(119);
    assertThat(told).containsExactly("event 1");
    visit.readMissed(120);
    assertThat(told).containsExactly("event 1", "event 2", "caught up", "end");
  }

  @ParameterizedTest(name = "after {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void a_redriven_life_takes_the_place_of_the_failure_before_it(long after) {
    var visit = redriven(after);
    visit.hearMissed(reply(1, 7, false));
    visit.hearMissed(reply(2, 7, true));
    visit.hearMissed(reply(3, 8, false));
    visit.hear(reply(2, 7, true)); // both have read it
    visit.readMissed(120); // runs still
    visit.hear(reply(4, 8, false));
    visit.hear(reply(5, 8, true));
    var expected = new ArrayList<>(List.of("event 3", "caught up", "event 4", "event 5", "end"));
    if (after >= 3) expected.remove("event 3");
    if (after >= 4) expected.remove("event 4");
    assertThat(told).containsExactlyElementsOf(expected);
  }

  @Test
  void a_response_that_was_redriven_twice_is_told_by_its_last_life() {
    var visit = redriven(2);
    visit.hearMissed(reply(1, 7, false));
    visit.hearMissed(reply(2, 7, true));
    visit.hearMissed(reply(3, 8, true));
    visit.hearMissed(reply(4, 9, false));
    visit.hearMissed(reply(5, 9, true));
    visit.readMissed(120);
    assertThat(told).containsExactly("event 4", "event 5", "caught up", "end");
  }

  @Test
  void a_failure_that_the_visitor_knows_ends_the_visit_if_nothing_newer_stands_behind_it() {
    var visit = redriven(2);
    visit.hearMissed(reply(1, 7, false));
    visit.hearMissed(reply(2, 7, true));
    visit.readMissed(120);
    assertThat(told).containsExactly("caught up", "end");
    assertThat(visit.isOver()).isTrue();
  }

  @ParameterizedTest(name = "after {0}")
  @ValueSource(longs = {-1, 0})
  void a_response_that_was_redriven_when_nothing_of_it_was_left_is_told_as_a_whole(long after) {
    var visit = new Visit(ID, after, visitor, false, true);
    visit.begin(110, 120);
    visit.hearMissed(reply(1, 8, false));
    visit.hearMissed(reply(2, 8, true));
    visit.readMissed(120);
    assertThat(told).containsExactly("event 1", "event 2", "caught up", "end");
  }

  @Test
  void a_number_of_a_life_that_is_gone_means_nothing_in_the_next() {
    var visit = new Visit(ID, 3, visitor, false, true);
    visit.begin(110, 120);
    visit.hearMissed(reply(1, 8, false));
    assertThat(told).containsExactly("lost: EXPIRED");
  }

  @Test
  void what_is_left_of_the_life_before_a_redriven_one_does_not_hide_it() {
    var visit = new Visit(ID, 2, visitor, false, true);
    visit.begin(110, 120);
    visit.hearMissed(reply(3, 8, false));
    visit.hearMissed(reply(4, 8, true));
    visit.readMissed(120);
    assertThat(told).containsExactly("event 3", "event 4", "caught up", "end");
  }

  @Test
  void an_end_that_comes_while_the_visitor_is_there_ends_the_visit_at_once() {
    var visit = redriven(0);
    visit.hearMissed(reply(1, 7, false));
    visit.readMissed(120);
    visit.hear(reply(2, 7, true));
    assertThat(told).containsExactly("event 1", "caught up", "event 2", "end");
  }

  private Visit redriven(long after) {
    var visit = new Visit(ID, after, visitor, false, true);
    visit.begin(0, 120);
    return visit;
  }

  private static Reply reply(long sequence, long fence, boolean terminal) {
    return new Reply("resp_1", sequence, fence, terminal, new byte[0]);
  }
}
