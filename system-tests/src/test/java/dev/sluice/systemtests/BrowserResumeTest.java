package dev.sluice.systemtests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.WebSocketRoute;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** The chat page when its connection breaks, or the page itself is left, in mid-answer. */
class BrowserResumeTest {
  private static final String LONG = " [[tokens=300]]"; // half a minute, unless it is hurried
  private static final Pattern RECONNECTING = Pattern.compile("Reconnecting");

  @RegisterExtension static final TestingBrowser BROWSER = new TestingBrowser();

  private final Simulator simulator = TestingSystem.simulator();

  @BeforeAll
  static void startTheOtherApi() {
    TestingSystem.otherUrl(); // to start it takes longer than the grace
  }

  @BeforeEach
  void slowly() {
    simulator.latency(50, 100);
  }

  @AfterEach
  void behave() {
    simulator.behave();
  }

  @Test
  void an_answer_goes_on_after_its_connection_was_cut_and_on_another_instance_too() {
    try (var wire = CuttableWire.to(TestingSystem.url());
        var page = BROWSER.open(wire.url()).signIn("user1")) {
      page.ask("What cuts a wire?" + LONG).awaitSomeText();
      wire.cut();
      assertThat(page.status()).containsText("your answer goes on", ChatPage.patience());
      assertThat(page.part("connection")).containsText(RECONNECTING);
      page.picture("reconnecting.png");
      wire.leadTo(TestingSystem.otherUrl());
      wire.mend();
      hurryOnceItGoesOn(page);
      page.awaitAnswer();
      assertWhole(page);
      assertThat(page.part("connection")).containsText("Connected");
    }
  }

  @Test
  void an_answer_that_is_stopped_while_the_connection_is_gone_is_stopped_when_it_is_back() {
    try (var wire = CuttableWire.to(TestingSystem.url());
        var page = BROWSER.open(wire.url()).signIn("user1")) {
      page.ask("Who stops without a wire?" + LONG).awaitSomeText();
      wire.cut();
      assertThat(page.part("connection")).containsText(RECONNECTING);
      page.part("stop").click();
      wire.mend();
      assertThat(page.status()).containsText("Stopped", ChatPage.patience());
      var id = page.events().getFirst().path("response").path("id").asString();
      awaitCancelled(id);
    }
  }

  @Test
  void an_answer_goes_on_after_the_page_was_loaded_again() {
    try (var page = BROWSER.open().signIn("user1")) {
      page.ask("What is left of a page?" + LONG).awaitSomeText();
      page.reload();
      assertThat(page.answer()).containsText("You asked about");
      hurryOnceItGoesOn(page);
      page.awaitAnswer();
      // What the page had from its socket while it was left, the browser need not have told us of
      assertWholeText(page);
      assertThat(page.part("turn")).hasCount(1);
    }
  }

  @Test
  void an_answer_goes_on_after_the_browser_was_offline() {
    try (var page = BROWSER.open().signIn("user1")) {
      page.ask("Who is offline?" + LONG).awaitSomeText();
      page.context().setOffline(true);
      assertThat(page.status()).containsText("your answer goes on", ChatPage.patience());
      page.context().setOffline(false);
      hurryOnceItGoesOn(page);
      page.awaitAnswer();
      assertWhole(page);
    }
  }

  @Test
  void a_request_whose_fate_is_unknown_is_sent_again_and_is_one_request() {
    var connections = new ArrayList<WebSocketRoute>();
    try (var page = BROWSER.open()) {
      page.page()
          .routeWebSocket(
              Pattern.compile("/v1/responses"),
              socket -> {
                connections.add(socket);
                var server = socket.connectToServer();
                // The server has accepted the request, and the first connection never says so
                if (connections.size() == 1)
                  server.onMessage(
                      _ -> socket.close(new WebSocketRoute.CloseOptions().setCode(4002)));
              });
      page.reload(); // what is open already goes another way
      page.signIn("user1");
      int before = simulator.calls().size();
      page.ask("Was this asked?" + LONG).awaitSomeText();
      simulator.behave();
      page.awaitAnswer();
      assertThat(connections).hasSizeGreaterThan(1);
      assertThat(simulator.calls()).hasSize(before + 1);
      assertThat(page.part("turn")).hasCount(1);
    }
  }

  @Test
  void an_answer_that_nobody_waited_for_is_what_had_come() {
    try (var page = BROWSER.open().signIn("user1")) {
      page.ask("Who waits for nobody?" + LONG).awaitSomeText();
      var id = page.events().getFirst().path("response").path("id").asString();
      page.page().navigate("about:blank");
      awaitCancelled(id);
      page.load();
      page.part("conversation-link").click();
      assertThat(page.status()).containsText("Stopped", ChatPage.patience());
      assertThat(page.answer()).containsText("You asked about");
      assertThat(page.part("again")).isVisible();
    }
  }

  @Test
  void a_token_that_expires_asks_for_a_new_sign_in_and_nothing_is_lost() {
    simulator.behave();
    try (var page = BROWSER.open().signIn("user1")) {
      page.ask("What expires?").awaitAnswer();
      page.goOnWith("user1", shortToken(1));
      assertThat(page.part("signin")).containsText("Your sign-in has expired", ChatPage.patience());
      page.picture("expired.png");
      page.signIn("user1");
      assertThat(page.part("question")).hasText("What expires?");
      page.ask("And now?").awaitAnswer();
    }
  }

  /** Waits until more of the answer comes, of which there was much to come; then all of it does. */
  private void hurryOnceItGoesOn(ChatPage page) {
    assertThat(page.part("connection")).containsText("Connected", ChatPage.patience());
    int before = page.events().size();
    page.page().waitForCondition(() -> page.events().size() > before);
    assertThat(page.part("stop")).isVisible();
    simulator.behave();
  }

  private void awaitCancelled(String id) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> simulator.audit(id).getLast().path("outcome").asString("").equals("cancelled"));
  }

  /** Nothing missing, nothing twice, in one call. */
  private JsonNode assertWholeText(ChatPage page) {
    var end = page.completed();
    var whole = ChatClient.wholeText(end);
    assertThat(page.shown()).isEqualTo(page.shownAtOnce(whole)).hasSizeGreaterThan(200);
    var id = end.path("response").path("id").asString();
    assertThat(simulator.audit(id)).hasSize(1);
    return end;
  }

  private void assertWhole(ChatPage page) {
    var end = assertWholeText(page);
    // What the page has not seen of what its socket brought comes again
    List<Long> sequence =
        page.events().stream()
            .map(event -> event.path("sequence_number").asLong())
            .distinct()
            .toList();
    assertThat(sequence)
        .containsExactlyElementsOf(
            LongStream.rangeClosed(0, end.path("sequence_number").asLong()).boxed().toList());
  }

  /** A token of user1 that is good for so many seconds. */
  private static String shortToken(int seconds) {
    var answer =
        TestingSystem.send(
            HttpRequest.newBuilder(URI.create(TestingSystem.stack().issuer().url() + "/token"))
                .POST(
                    BodyPublishers.ofString(
                        "grant_type=client_credentials&client_id=user1&expires_in=" + seconds))
                .build());
    return TestingSystem.JSON.readTree(answer.body()).path("access_token").asString();
  }
}
