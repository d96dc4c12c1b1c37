package dev.sluice.common.trim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.token.TokenCounter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ConversationTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final TokenCounter COUNTER = new TokenCounter();

  /** Shorter than anything: all goes that may. */
  private static final long NOTHING_FITS = 1;

  @Test
  void a_conversation_that_fits_is_the_body_that_came() {
    var body = body(user("one"), assistant("two"), user("three"));
    var fits = (Trimming.Fits) trim(body, COUNTER.count("gpt-4o-mini", body).input());
    assertThat(fits.body()).isSameAs(body);
    assertThat(fits.dropped().isNothing()).isTrue();
    assertThat(fits.count()).isEqualTo(COUNTER.count("gpt-4o-mini", body));
  }

  @Test
  void one_token_too_many_costs_the_oldest_turn() {
    var body = body(user("one"), assistant("two"), user("three"), assistant("four"), user("five"));
    long whole = COUNTER.count("gpt-4o-mini", body).input();
    var fits = (Trimming.Fits) trim(body, whole - 1);
    assertThat(fits.body()).isEqualTo(body(user("three"), assistant("four"), user("five")));
    assertThat(fits.dropped()).isEqualTo(new Dropped(2, whole - fits.count().input()));
    assertThat(fits.count()).isEqualTo(COUNTER.count("gpt-4o-mini", fits.body()));
  }

  @Test
  void the_body_that_came_and_its_other_fields_stay_as_they_are() {
    var body = body(user("one"), user("two"));
    body.put("instructions", "Be brief.").put("field_of_tomorrow", 1.50);
    var before = body.toString();
    var fits = (Trimming.Fits) trim(body, COUNTER.count("gpt-4o-mini", body).input() - 1);
    assertThat(body.toString()).isEqualTo(before);
    assertThat(fits.body().toString()).isEqualTo(before.replace(user("one") + ",", ""));
  }

  @ParameterizedTest(name = "{0}: stays {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          user assistant user                                      | 2
          user assistant user assistant                            | 2 3
          assistant user assistant user                            | 3
          user user user                                           | 2
          system user assistant user                               | 0 3
          user developer assistant system user                     | 1 3 4
          compaction user assistant user                           | 0 3
          assistant assistant                                      | 0 1
          call:a output:a                                          | 0 1
          user call:a output:a assistant user                      | 4
          user call:a user output:a assistant user                 | 5
          user call:a user assistant user output:a                 | 0 1 4 5
          user call:a user call:b output:b user output:a           | 0 1 5 6
          user mcp_approval_request:a user mcp_approval_response:a | 0 1 2 3
          user assistant reasoning user                            | 0 1 2 3
          user reasoning call:a output:a user                      | 4
          user assistant reasoning system user assistant user      | 3 6
          user assistant item_of_tomorrow user                     | 0 1 2 3
          user item_of_tomorrow assistant user assistant user      | 5
          user assistant user assistant item_of_tomorrow user      | 2 3 4 5
          user item_reference user                                 | 0 1 2
          user role:tool user                                      | 0 1 2
          """)
  void what_is_left_is_whole(String items, String staying) {
    var all = new ArrayList<ObjectNode>();
    for (var item : items.split(" ")) all.add(item(item));
    var kept = new ArrayList<ObjectNode>();
    for (var index : staying.split(" ")) kept.add(all.get(Integer.parseInt(index)));
    var most = COUNTER.count("gpt-4o-mini", body(kept)).input();
    assertThat(((Trimming.Fits) trim(body(all), most)).body()).isEqualTo(body(kept));
    assertThat(trim(body(all), NOTHING_FITS)).isEqualTo(new Trimming.TooLong(most, 1, true));
  }

  @Test
  void a_turn_that_others_refer_to_is_as_old_as_the_newest_of_them() {
    var linked =
        List.of(
            item("user"),
            item("call:a"),
            item("user"),
            item("user"),
            item("output:a"),
            item("user"));
    long limit = COUNTER.count("gpt-4o-mini", body(linked)).input() - 1;
    var fits = (Trimming.Fits) trim(body(linked), limit);
    assertThat(fits.body().path("input")).hasSize(5);
    assertThat(fits.body().path("input").get(1)).isEqualTo(item("call:a"));
  }

  @Test
  void a_text_is_one_message_of_the_user() {
    var body = JSON.createObjectNode().put("model", "gpt-4o-mini").put("input", "Why is it salty?");
    long tokens = COUNTER.count("gpt-4o-mini", body).input();
    assertThat(((Trimming.Fits) trim(body, tokens)).body()).isSameAs(body);
    assertThat(trim(body, tokens - 1)).isEqualTo(new Trimming.TooLong(tokens, tokens - 1, true));
  }

  @Test
  void turns_go_until_the_charge_fits_too() {
    var padded = body(user("one"), user("a             ".repeat(100)), user("two"));
    var conversation = Conversation.of(padded, COUNTER);
    long charge = conversation.count().charge();
    assertThat(charge).isGreaterThan(conversation.count().input());
    var fits = (Trimming.Fits) conversation.trim(new Limits(10_000, 10_000, charge / 2, 1));
    assertThat(fits.body()).isEqualTo(body(user("two")));
  }

  @Test
  void a_charge_that_cannot_be_reached_is_no_refusal() {
    var body = body(user("one"), user("two"));
    var fits =
        (Trimming.Fits) Conversation.of(body, COUNTER).trim(new Limits(10_000, 10_000, 1, 1));
    assertThat(fits.body()).isEqualTo(body(user("two")));
  }

  @Test
  void a_body_without_input_has_nothing_to_drop() {
    var body = JSON.createObjectNode().put("model", "gpt-4o-mini");
    body.putObject("prompt").put("id", "pmpt_1").putObject("variables").put("city", "Oslo");
    assertThat(((Trimming.Fits) trim(body, 100)).body()).isSameAs(body);
    assertThat(trim(body, 1)).isInstanceOf(Trimming.TooLong.class);
  }

  private static Trimming trim(ObjectNode body, long limit) {
    return Conversation.of(body, COUNTER).trim(new Limits(limit, limit, Limits.NONE, 1));
  }

  private static ObjectNode item(String notation) {
    var name = notation.split(":");
    var item = JSON.createObjectNode();
    return switch (name[0]) {
      case "user", "assistant", "system", "developer" -> message(name[0], "Salt and water.");
      case "role" -> message(name[1], "Salt and water.");
      case "call" -> item.put("type", "function_call").put("call_id", name[1]).put("name", "tide");
      case "output" ->
          item.put("type", "function_call_output").put("call_id", name[1]).put("output", "High.");
      case "mcp_approval_request" -> item.put("type", name[0]).put("id", name[1]);
      case "mcp_approval_response" -> item.put("type", name[0]).put("approval_request_id", name[1]);
      default -> item.put("type", name[0]).put("summary", "Some thoughts.");
    };
  }

  private static ObjectNode user(String text) {
    return message("user", text);
  }

  private static ObjectNode assistant(String text) {
    return message("assistant", text);
  }

  private static ObjectNode message(String role, String text) {
    return JSON.createObjectNode().put("role", role).put("content", text);
  }

  private static ObjectNode body(ObjectNode... items) {
    return body(List.of(items));
  }

  private static ObjectNode body(List<ObjectNode> items) {
    var body = JSON.createObjectNode().put("model", "gpt-4o-mini");
    body.putArray("input").addAll(items);
    return body;
  }
}
