package dev.sluice.common.trim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.token.TokenCounter;
import dev.sluice.common.trim.TrimProperties.Context;
import dev.sluice.common.trim.TrimProperties.Mode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TrimmerTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final TokenCounter COUNTER = new TokenCounter();
  private static final long ANY_CHARGE = 1_000_000;
  private static final long ANY_SIZE = Long.MAX_VALUE;

  @ParameterizedTest
  @CsvSource({
    "ALWAYS,         , true",
    "ALWAYS, auto    , true",
    "ALWAYS, disabled, false",
    "AUTO,           , false",
    "AUTO,   auto    , true",
    "AUTO,   disabled, false",
    "NEVER,          , false",
    "NEVER,  auto    , false"
  })
  void mode_and_truncation_decide_whether_a_long_conversation_is_cut_or_refused(
      Mode mode, @Nullable String truncation, boolean isCut) {
    var body = conversation(20).put("truncation", truncation);
    var trimming = fit(properties(mode), body);
    if (isCut) assertThat(trimming).isInstanceOf(Trimming.Fits.class);
    else
      assertThat(trimming)
          .isEqualTo(new Trimming.TooLong(COUNTER.count("m", body).input(), 1_000, false));
  }

  @Test
  void a_conversation_that_fits_passes_whatever_the_mode() {
    for (var mode : Mode.values())
      assertThat(((Trimming.Fits) fit(properties(mode), conversation(3))).dropped().isNothing())
          .isTrue();
  }

  @Test
  void the_answers_limit_is_room_that_the_input_lacks() {
    long input = passed(properties(Mode.ALWAYS), conversation(20).put("max_output_tokens", 700));
    assertThat(input).isBetween(200L, 300L);
  }

  @Test
  void without_an_answers_limit_some_room_is_left_all_the_same() {
    assertThat(passed(properties(Mode.ALWAYS), conversation(20))).isBetween(800L, 900L);
  }

  @Test
  void what_fits_only_without_that_room_is_not_refused() {
    var one = conversation(1);
    ((ObjectNode) one.path("input").get(0)).put("content", "word ".repeat(880));
    assertThat(passed(properties(Mode.ALWAYS), one)).isBetween(950L, 1_000L);
  }

  @Test
  void an_answers_limit_beyond_the_context_is_refused() {
    assertThat(fit(properties(Mode.ALWAYS), conversation(2).put("max_output_tokens", 2_000)))
        .isInstanceOf(Trimming.TooLong.class);
  }

  @Test
  void a_pools_own_limit_stands_for_the_general_one() {
    var general = properties(Mode.ALWAYS, 300L, Map.of());
    assertThat(passed(general, conversation(20))).isBetween(200L, 300L);
    var ofPool = properties(Mode.ALWAYS, 300L, Map.of("pool", 600L));
    assertThat(passed(ofPool, conversation(20))).isBetween(500L, 600L);
    var ofAnother = properties(Mode.ALWAYS, 300L, Map.of("another", 600L));
    assertThat(passed(ofAnother, conversation(20))).isBetween(200L, 300L);
  }

  @Test
  void a_model_of_unknown_context_is_trimmed_to_the_operators_limit_only() {
    var unknown = conversation(200).put("model", "a-model-of-tomorrow");
    assertThat(((Trimming.Fits) fit(properties(Mode.ALWAYS), unknown)).dropped().isNothing())
        .isTrue();
    assertThat(passed(properties(Mode.ALWAYS, 500L, Map.of()), unknown)).isBetween(400L, 500L);
  }

  @Test
  void a_conversation_goes_below_what_the_pool_ever_grants() {
    var trimmer = new Trimmer(COUNTER, properties(Mode.ALWAYS));
    var fits = (Trimming.Fits) trimmer.fit(trimmer.read(conversation(20)), "pool", 400, ANY_SIZE);
    assertThat(fits.count().charge()).isBetween(300L, 400L);
  }

  @Test
  void a_chat_begins_alike_for_some_turns_after_it_was_shortened() {
    var stepping = new TrimProperties(Mode.ALWAYS, 600L, Map.of(), 100, 0.25, Map.of());
    var beginnings = new ArrayList<JsonNode>();
    for (int turns = 12; turns < 60; turns++) {
      var fits = (Trimming.Fits) fit(stepping, conversation(turns));
      assertThat(fits.count().input()).isBetween(350L, 600L);
      beginnings.add(fits.body().path("input").get(0));
    }
    assertThat(new HashSet<>(beginnings)).hasSizeBetween(10, 24);
  }

  @Test
  void a_conversation_that_is_too_large_to_be_queued_loses_its_oldest_turns() {
    var body = conversation(12);
    var fits = (Trimming.Fits) fit(properties(Mode.ALWAYS), body, 1_500);
    assertThat(bytes(fits.body())).isBetween(1_100L, 1_500L);
    assertThat(fits.dropped().droppedItems() + fits.body().path("input").size())
        .isEqualTo(body.path("input").size());
    assertThat(fits.body().path("input").get(-1)).isEqualTo(body.path("input").get(-1));
    assertThat(((Trimming.Fits) fit(properties(Mode.ALWAYS), body, bytes(body))).body())
        .isSameAs(body);
  }

  @Test
  void when_turns_go_for_their_size_some_room_is_made_at_once() {
    var stepping = new TrimProperties(Mode.ALWAYS, null, Map.of(), 100, 0.25, Map.of());
    var fits = (Trimming.Fits) fit(stepping, conversation(40), 8_000);
    assertThat(bytes(fits.body())).isBetween(5_600L, 6_000L);
  }

  @Test
  void what_must_stay_and_is_too_large_is_refused_and_so_is_what_may_not_be_cut() {
    var newest = ((Trimming.Refused) fit(properties(Mode.ALWAYS), conversation(3), 150)).refusal();
    assertThat(newest.code()).isEqualTo(ErrorCode.REQUEST_TOO_LARGE);
    assertThat(newest.detail()).contains("newest message", "150");
    var whole = ((Trimming.Refused) fit(properties(Mode.NEVER), conversation(3), 150)).refusal();
    assertThat(whole.code()).isEqualTo(ErrorCode.REQUEST_TOO_LARGE);
    assertThat(whole.detail()).contains("set truncation to auto");
  }

  private static long bytes(ObjectNode body) {
    return JSON.writeValueAsBytes(body).length;
  }

  @Test
  void what_the_provider_refused_is_cut_to_its_own_figures() {
    var body = conversation(20); // it counts twice what we do
    long counted = COUNTER.count("m", body).input();
    var told = new ContextLimit(counted, 2 * counted, true);
    var fits = (Trimming.Fits) again(Mode.ALWAYS, body, told);
    assertThat(2 * fits.count().input()).isBetween(counted - 400, counted - 100);
    assertThat(fits.dropped().droppedItems()).isPositive();
  }

  @Test
  void the_answers_limit_is_left_room_by_those_figures_too() {
    var body = conversation(20).put("max_output_tokens", 500);
    long counted = COUNTER.count("m", body).input();
    var fits = (Trimming.Fits) again(Mode.ALWAYS, body, new ContextLimit(1_000, counted, true));
    assertThat(fits.count().input()).isBetween(400L, 500L);
  }

  @Test
  void something_goes_even_where_the_provider_does_not_say_how_much_it_counted() {
    var body = conversation(3);
    var fits = (Trimming.Fits) again(Mode.ALWAYS, body, new ContextLimit(10_000, 0, false));
    assertThat(fits.dropped().droppedItems()).isPositive();
  }

  @Test
  void nothing_goes_of_what_may_not_be_cut() {
    var told = new ContextLimit(100, 1_000, true);
    assertThat(again(Mode.NEVER, conversation(20), told)).isInstanceOf(Trimming.TooLong.class);
    var disabled = conversation(20).put("truncation", "disabled");
    assertThat(again(Mode.ALWAYS, disabled, told)).isInstanceOf(Trimming.TooLong.class);
  }

  private static Trimming again(Mode mode, ObjectNode body, ContextLimit told) {
    return new Trimmer(COUNTER, properties(mode)).again(body, told);
  }

  @Test
  void a_refusal_says_what_to_do() {
    var refusal = new Trimming.TooLong(20_000, 16_385, true).refusal();
    assertThat(refusal.code()).isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED);
    assertThat(refusal.param()).isEqualTo("input");
    assertThat(refusal.detail()).contains("20,000", "16,385", "newest message");
    assertThat(new Trimming.TooLong(20_000, 16_385, false).refusal().detail())
        .contains("set truncation to auto");
  }

  private static TrimProperties properties(Mode mode) {
    return properties(mode, null, Map.of());
  }

  private static TrimProperties properties(
      Mode mode, @Nullable Long most, Map<String, Long> ofPools) {
    return new TrimProperties(
        mode, most, ofPools, 100, 0, Map.of("m", new Context(List.of("m"), 1_000, null)));
  }

  private static Trimming fit(TrimProperties properties, ObjectNode body) {
    return fit(properties, body, ANY_SIZE);
  }

  private static Trimming fit(TrimProperties properties, ObjectNode body, long mostBytes) {
    var trimmer = new Trimmer(COUNTER, properties);
    return trimmer.fit(trimmer.read(body), "pool", ANY_CHARGE, mostBytes);
  }

  private static long passed(TrimProperties properties, ObjectNode body) {
    return ((Trimming.Fits) fit(properties, body)).count().input();
  }

  /** Turns of some 65 tokens each. */
  private static ObjectNode conversation(int turns) {
    var body = JSON.createObjectNode().put("model", "m");
    var input = body.putArray("input");
    for (int turn = 0; turn < turns; turn++) {
      if (turn > 0) input.addObject().put("role", "assistant").put("content", "word ".repeat(25));
      input.addObject().put("role", "user").put("content", turn + " word".repeat(25));
    }
    return body;
  }
}
