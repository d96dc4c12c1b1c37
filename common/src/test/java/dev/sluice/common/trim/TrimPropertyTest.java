package dev.sluice.common.trim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.token.TokenCounter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Random conversations, from tidy to absurd, and limits from nothing to more than all. */
class TrimPropertyTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final TokenCounter COUNTER = new TokenCounter();
  private static final Set<String> INSTRUCTORS = Set.of("system", "developer");
  private static final int LIMITS_PER_SEED = 8;

  static LongStream seeds() {
    return LongStream.range(0, 96);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void what_passes_is_within_the_limit_and_counted_right(long seed) {
    forEachFit(
        seed,
        (body, limit, fits) -> {
          var counted = COUNTER.count("gpt-4o", fits.body());
          assertThat(counted.input()).isLessThanOrEqualTo(limit);
          assertThat(fits.count()).isEqualTo(counted);
          long before = COUNTER.count("gpt-4o", body).input();
          assertThat(fits.dropped())
              .isEqualTo(
                  new Dropped(
                      body.path("input").size() - fits.body().path("input").size(),
                      before - counted.input()));
        });
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void what_is_left_is_in_order_and_as_it_came(long seed) {
    forEachFit(
        seed, (body, _, fits) -> assertThat(texts(body)).containsSubsequence(texts(fits.body())));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void instructions_and_the_newest_turn_stay(long seed) {
    forEachFit(seed, (body, _, fits) -> assertThat(texts(fits.body())).containsAll(staying(body)));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void no_call_is_split_from_its_output(long seed) {
    forEachFit(
        seed,
        (body, _, fits) -> {
          var left = new HashSet<>(texts(fits.body()));
          for (var pair : pairs(body).values())
            assertThat(left.containsAll(pair) || pair.stream().noneMatch(left::contains))
                .as("%s", pair)
                .isTrue();
        });
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void a_reasoning_item_stays_with_what_it_led_to(long seed) {
    forEachFit(
        seed,
        (body, _, fits) -> {
          var left = new HashSet<>(texts(fits.body()));
          var items = texts(body).stream().filter(item -> !isInstruction(item)).toList();
          for (int i = 0; i + 1 < items.size(); i++)
            if (items.get(i).contains("\"reasoning\""))
              assertThat(left.contains(items.get(i))).isEqualTo(left.contains(items.get(i + 1)));
        });
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void trimming_twice_changes_nothing_more(long seed) {
    forEachFit(
        seed,
        (_, limit, fits) -> {
          var again = (Trimming.Fits) trim(fits.body(), limit);
          assertThat(again.body()).isSameAs(fits.body());
          assertThat(again.dropped()).isEqualTo(Dropped.NOTHING);
        });
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void the_lower_the_limit_the_less_is_left(long seed) {
    var body = conversation(new Random(seed));
    var kept = texts(body);
    for (long limit = COUNTER.count("gpt-4o", body).input(); limit > 0; limit -= 1 + limit / 9) {
      if (!(trim(body, limit) instanceof Trimming.Fits fits)) return;
      assertThat(kept).containsAll(texts(fits.body()));
      kept = texts(fits.body());
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void only_what_must_stay_is_ever_too_long(long seed) {
    var body = conversation(new Random(seed));
    var least = (Trimming.TooLong) trim(body, 0);
    assertThat(trim(body, least.tokens())).isInstanceOf(Trimming.Fits.class);
    assertThat(trim(body, least.tokens() - 1)).isInstanceOf(Trimming.TooLong.class);
  }

  private interface Claim {
    void holds(ObjectNode body, long limit, Trimming.Fits fits);
  }

  private static void forEachFit(long seed, Claim claim) {
    var random = new Random(seed);
    var body = conversation(random);
    long whole = COUNTER.count("gpt-4o", body).input();
    for (int i = 0; i < LIMITS_PER_SEED; i++) {
      long limit = whole * i / (LIMITS_PER_SEED - 2) + random.nextInt(3);
      long step = seed % 2 == 0 ? 1 : limit / 4;
      if (trim(body, limit, step) instanceof Trimming.Fits fits) claim.holds(body, limit, fits);
    }
  }

  private static Trimming trim(ObjectNode body, long limit) {
    return trim(body, limit, 1);
  }

  private static Trimming trim(ObjectNode body, long limit, long step) {
    return Conversation.of(body, COUNTER).trim(new Limits(limit, limit, Limits.NONE, step));
  }

  /** One in four is any mixture of items; the others are what an application would send. */
  private static ObjectNode conversation(Random random) {
    var body = JSON.createObjectNode().put("model", "gpt-4o");
    if (random.nextBoolean()) body.put("instructions", words(random));
    var items = body.putArray("input");
    boolean isAbsurd = random.nextInt(4) == 0;
    for (int i = 0, n = 1 + random.nextInt(isAbsurd ? 40 : 12); i < n; i++)
      (isAbsurd ? List.of(anything(random, i)) : turn(random, i)).forEach(items::add);
    return body;
  }

  private static List<ObjectNode> turn(Random random, int number) {
    var turn = new ArrayList<ObjectNode>();
    if (random.nextInt(8) == 0)
      turn.add(message(random.nextBoolean() ? "system" : "developer", random));
    turn.add(message("user", random));
    for (int call = 0, calls = random.nextInt(4); call < calls; call++) {
      if (random.nextInt(3) == 0) turn.add(thought(random));
      var id = "call_%d_%d".formatted(number, call);
      var kind = List.of("function", "custom_tool", "shell", "computer").get(random.nextInt(4));
      turn.add(item(kind + "_call", random).put("call_id", id));
      // Now and then the user speaks before the tool has answered.
      if (random.nextInt(6) == 0) turn.add(message("user", random));
      turn.add(item(kind + "_call_output", random).put("call_id", id));
    }
    if (random.nextInt(6) == 0) turn.add(item("web_search_call", random));
    if (random.nextInt(8) != 0) turn.add(message("assistant", random));
    return turn;
  }

  private static ObjectNode anything(Random random, int number) {
    return switch (random.nextInt(9)) {
      case 0, 1, 2 -> message("user", random);
      case 3 -> message("assistant", random);
      case 4 -> message("developer", random);
      case 5 -> item("function_call", random).put("call_id", "call_" + random.nextInt(6));
      case 6 -> item("function_call_output", random).put("call_id", "call_" + random.nextInt(6));
      case 7 -> thought(random);
      default -> item("item_of_tomorrow", random).put("number", number);
    };
  }

  private static ObjectNode message(String role, Random random) {
    return JSON.createObjectNode()
        .put("role", role)
        .put("content", words(random))
        .put("id", "msg_" + random.nextLong());
  }

  private static ObjectNode thought(Random random) {
    return item("reasoning", random).put("id", "rs_" + random.nextLong());
  }

  private static ObjectNode item(String type, Random random) {
    return JSON.createObjectNode()
        .put("type", type)
        .put("output", words(random))
        .put("nonce", random.nextLong());
  }

  private static String words(Random random) {
    return "salt sea ".repeat(random.nextInt(random.nextInt(10) == 0 ? 60 : 6));
  }

  /** Each item as text, which tells it from all others. */
  private static List<String> texts(JsonNode body) {
    return body.path("input").valueStream().map(JsonNode::toString).toList();
  }

  private static List<String> staying(JsonNode body) {
    var items = texts(body);
    int newest =
        IntStream.range(0, items.size())
            .filter(i -> body.path("input").get(i).path("role").asString("").equals("user"))
            .max()
            .orElse(0);
    return IntStream.range(0, items.size())
        .filter(i -> i >= newest || isInstruction(items.get(i)))
        .mapToObj(items::get)
        .toList();
  }

  private static boolean isInstruction(String item) {
    return INSTRUCTORS.contains(JSON.readTree(item).path("role").asString(""));
  }

  private static Map<String, List<String>> pairs(JsonNode body) {
    var pairs = new HashMap<String, List<String>>();
    for (var item : body.path("input"))
      if (item.has("call_id"))
        pairs
            .computeIfAbsent(item.path("call_id").asString(), _ -> new ArrayList<>())
            .add(item.toString());
    return pairs;
  }
}
