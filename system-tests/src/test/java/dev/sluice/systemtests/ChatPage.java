package dev.sluice.systemtests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.sluice.systemtests.TestingSystem.JSON;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The chat page as a reader uses it, what its sockets brought, and what the browser said of it. */
final class ChatPage extends OpenPage {
  private static final double PATIENCE_MS = 30_000;

  private final String url;
  private final List<JsonNode> frames = new ArrayList<>();

  ChatPage(BrowserContext context, String url) {
    super(context);
    this.url = url;
    page()
        .onWebSocket(socket ->
            socket.onFrameReceived(frame -> {
              if (frame.text() != null) frames.add(JSON.readTree(frame.text()));
            }));
  }

  /** Another tab of the same profile, in which nobody is signed in yet. */
  ChatPage anotherTab() {
    var tab = new ChatPage(context(), url);
    tab.load();
    return tab;
  }

  void load() {
    page().navigate(url);
  }

  ChatPage signIn(String account) {
    part("continue-" + account).click();
    assertThat(part("model").locator("option").first()).isAttached(attached());
    return this;
  }

  /** Loads it again with another token of the account. */
  void goOnWith(String account, String token) {
    page()
        .evaluate(
            "session => sessionStorage.setItem('sluice.session', JSON.stringify(session))",
            Map.of("account", account, "token", token));
    reload();
  }

  ChatPage choose(String model) {
    part("model").selectOption(model);
    return this;
  }

  ChatPage ask(String question) {
    part("prompt").fill(question);
    part("send").click();
    return this;
  }

  /** Waits until the last answer is whole and was paid for. */
  ChatPage awaitAnswer() {
    watch("answer-status", "Done");
    assertThat(status()).containsText("Done", patience());
    watch("answer-cost", "\\$|no cost");
    assertThat(part("answer-cost").last()).containsText(Pattern.compile("\\$|no cost"), patience());
    return this;
  }

  /** Waits until some of the last answer is there, but not all. */
  ChatPage awaitSomeText() {
    watch("answer", "You asked about");
    assertThat(answer()).containsText("You asked about", patience());
    assertThat(status()).containsText("Answering");
    return this;
  }

  /** Waits at each frame of the page for what an assertion would look for twice a second. */
  private void watch(String part, String pattern) {
    page()
        .waitForFunction(
            """
            ([part, pattern]) =>
              new RegExp(pattern).test([...document.querySelectorAll(`[data-testid="${part}"]`)].at(-1)?.textContent)
            """,
            List.of(part, pattern),
            new Page.WaitForFunctionOptions().setTimeout(PATIENCE_MS));
  }

  Locator answer() {
    return part("answer").last();
  }

  Locator status() {
    return part("answer-status").last();
  }

  /** Every event of every response that its sockets brought, in their order. */
  List<JsonNode> events() {
    return frames.stream().filter(frame -> frame.has("sequence_number")).toList();
  }

  JsonNode completed() {
    return events().stream()
        .filter(event -> event.path("type").asString().equals("response.completed"))
        .reduce((_, last) -> last)
        .orElseThrow();
  }

  /** What the last answer shows, and what it would show had the whole text come at once. */
  String shown() {
    return answer().textContent();
  }

  String shownAtOnce(String text) {
    return (String)
        page()
            .evaluate(
                """
                async (text) => {
                  const { markdownIn } = await import('./markdown.js');
                  const element = document.createElement('div');
                  markdownIn(element)(text);
                  return element.textContent;
                }
                """,
                text);
  }

  static LocatorAssertions.ContainsTextOptions patience() {
    return new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE_MS);
  }

  static LocatorAssertions.IsVisibleOptions visible() {
    return new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE_MS);
  }

  private static LocatorAssertions.IsAttachedOptions attached() {
    return new LocatorAssertions.IsAttachedOptions().setTimeout(PATIENCE_MS);
  }
}
