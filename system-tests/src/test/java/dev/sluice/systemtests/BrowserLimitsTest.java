package dev.sluice.systemtests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the chat page says of waiting, of refusals, of kept answers and of long conversations. */
class BrowserLimitsTest {
  private static final String SLOW_POOL = "/api/ops/budget/gpt-35-turbo";
  private static final String SLOW_MODEL = "gpt-3.5-turbo";

  @RegisterExtension static final TestingBrowser BROWSER = new TestingBrowser();

  private final Simulator simulator = TestingSystem.simulator();
  private final Ops ops = new Ops();

  @BeforeEach
  @AfterEach
  void behave() {
    simulator.behave();
  }

  @Test
  void who_waits_sees_the_place_and_the_time_and_then_the_answer() {
    ops.ask("PUT", SLOW_POOL, "{\"rpm\":30}");
    Metrics.awaitLimit("gpt-35-turbo", "RPM", 30);
    try (var others = ChatClient.of("user2");
        var page = BROWSER.open().signIn("user1").choose(SLOW_MODEL)) {
      // An idle pool may spend a fifth of a minute at once: six of them
      for (int i = 0; i < 12; i++) others.send(inFront(i));
      others.awaitQueued(12);
      page.ask("Who waits with me?");
      assertThat(page.part("queue-place"))
          .containsText(Pattern.compile("\\d+ questions? before yours|next"), ChatPage.patience());
      assertThat(page.part("queue-eta")).containsText(Pattern.compile("about \\d+ s|any moment"));
      assertThat(page.part("queue")).containsText("requests a minute");
      page.picture("queued.png");
      page.awaitAnswer();
      assertThat(page.part("queue")).isHidden();
    } finally {
      ops.ask("DELETE", SLOW_POOL, "");
    }
  }

  private static String inFront(int number) {
    return "{\"type\":\"response.create\",\"stream_id\":\"s%d\",\"model\":\"%s\",\"input\":\"%d waits\"}"
        .formatted(number, SLOW_MODEL, number);
  }

  /** The account {@code finance} may ask three times in ten minutes here. */
  @Test
  void who_asks_too_often_is_told_why_and_when_to_ask_again() {
    try (var redis = new RedisProbe(TestingSystem.stack().redis().url());
        var page = BROWSER.open().signIn("finance")) {
      redis.forget("sluice:user:{finance}:requests");
      for (int i = 1; i <= 3; i++) page.ask("Question " + i + "?").awaitAnswer();
      page.ask("One question too many?");
      assertThat(page.part("error")).containsText("asked more often", ChatPage.patience());
      assertThat(page.part("error")).containsText("user_limit_exceeded");
      var again = page.part("again").last();
      assertThat(again).isDisabled();
      assertThat(again).containsText(Pattern.compile("Try again in [23] min( \\d+ s)?"));
      var first = again.textContent();
      assertThat(again).not().hasText(first); // it counts
      page.picture("error.png");
      // The other tests of this account begin anew
      assertThat(redis.forget("sluice:user:{finance}:requests")).isTrue();
    }
  }

  @Test
  void a_failure_of_the_provider_is_told_in_plain_words_and_can_be_tried_again() {
    simulator.faults("{\"kind\":\"server_error\",\"times\":3}"); // as often as a request is tried
    try (var page = BROWSER.open().signIn("user1")) {
      page.ask("Is the provider there?");
      assertThat(page.part("error")).containsText("provider failed", ChatPage.patience());
      assertThat(page.part("error")).containsText("Try again in a minute");
      page.part("again").click();
      page.awaitAnswer();
      assertThat(page.part("error")).hasCount(0);
    }
  }

  @Test
  void a_kept_answer_is_marked_costs_nothing_and_a_fresh_one_can_be_had() {
    try (var page = BROWSER.open().signIn("user1")) {
      page.ask("How deep is the sea?").awaitAnswer();
      assertThat(page.part("answer-cache")).hasText("");
      page.part("new-conversation").click();
      page.ask("How deep is the sea?").awaitAnswer();
      assertThat(page.part("answer-cache")).hasText("From the cache");
      assertThat(page.part("answer-cost"))
          .containsText(Pattern.compile("no cost · \\d+ tokens saved"));
      page.picture("cached.png");
      page.part("again").click();
      assertThat(page.part("answer-cost")).containsText("$", ChatPage.patience());
      assertThat(page.part("answer-cache")).hasText("");
    }
  }

  @Test
  void what_was_left_out_of_a_long_conversation_is_said() {
    try (var page = BROWSER.open().signIn("user1").choose(SLOW_MODEL)) {
      page.ask("long ago ".repeat(5_000)).awaitAnswer();
      assertThat(page.part("dropped")).isHidden();
      page.ask("once more ".repeat(5_000)).awaitAnswer();
      assertThat(page.part("dropped").last())
          .containsText(Pattern.compile("The \\d+ oldest messages were left out"));
    }
  }
}
