package dev.sluice.systemtests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The chat page as axe-core sees it: in each of its states, light and dark, wide and narrow. */
class BrowserAccessibilityTest {
  private static String axe = "";
  private static @Nullable TestingBrowser browser;

  @BeforeAll
  static void launch() throws IOException {
    browser = TestingBrowser.launch();
    TestingSystem.simulator().behave();
    var loader = BrowserAccessibilityTest.class.getClassLoader();
    try (var script = Objects.requireNonNull(loader.getResourceAsStream("axe.min.js"))) {
      axe = new String(script.readAllBytes(), UTF_8);
    }
  }

  @AfterAll
  static void close() {
    if (browser != null) browser.close();
  }

  @AfterEach
  void behave() {
    TestingSystem.simulator().behave();
  }

  @Test
  void whoever_signs_in_and_asks_can_do_so_with_any_aid() {
    try (var page = Objects.requireNonNull(browser).open()) {
      assertThat(page.part("continue-user1")).isVisible(ChatPage.visible());
      assertNoViolations(page, "signing in");
      page.signIn("user1");
      assertNoViolations(page, "nothing asked yet");
      page.ask("**Who** reads `code`, [links](https://a.example) and lists?").awaitAnswer();
      assertNoViolations(page, "answered");
      page.part("rename").click();
      assertNoViolations(page, "renaming");
      page.page().keyboard().press("Escape");
      page.part("delete").click();
      assertNoViolations(page, "deleting");
      page.page().keyboard().press("Escape");
      page.page().setViewportSize(360, 640);
      assertNoViolations(page, "on a phone");
      page.part("toggle-sidebar").click();
      assertNoViolations(page, "the list on a phone");
    }
  }

  @Test
  void whoever_waits_or_is_refused_is_told_by_any_aid() {
    TestingSystem.simulator().latency(1_500, 100);
    try (var page = Objects.requireNonNull(browser).open().signIn("user1")) {
      page.ask("Who waits for the first word?");
      assertNoViolations(page, "waiting");
      page.awaitSomeText();
      assertNoViolations(page, "answering");
      page.part("stop").click();
      assertThat(page.status()).containsText("Stopped", ChatPage.patience());
      assertNoViolations(page, "stopped");
      TestingSystem.simulator().behave();
      TestingSystem.simulator().faults("{\"kind\":\"server_error\",\"times\":3}");
      page.ask("Who fails?");
      assertThat(page.part("error")).isVisible(ChatPage.visible());
      assertNoViolations(page, "failed");
      assertThat(page.page().locator("#announcements")).containsText("provider failed");
    }
  }

  private static void assertNoViolations(ChatPage page, String state) {
    for (var colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      page.page().emulateMedia(new Page.EmulateMediaOptions().setColorScheme(colours));
      page.page().evaluate(axe);
      var violations =
          page.page()
              .evaluate(
                  """
                  async () => {
                    const { violations, passes } = await axe.run();
                    if (passes.length < 10) throw new Error('axe looked at nothing');
                    return violations.map(({ id, help, nodes }) =>
                      `${id}: ${help}: ${nodes.map((node) => node.html + ' ' + node.failureSummary).join('; ')}`);
                  }
                  """);
      assertThat((List<?>) violations).as("%s, %s", state, colours).isEmpty();
    }
  }
}
