package dev.sluice.systemtests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The chat page as axe-core sees it: in each of its states, light and dark, wide and narrow. */
class BrowserAccessibilityTest {
  @RegisterExtension static final TestingBrowser BROWSER = new TestingBrowser();

  @BeforeEach
  @AfterEach
  void behave() {
    TestingSystem.simulator().behave();
  }

  @Test
  void whoever_signs_in_and_asks_can_do_so_with_any_aid() {
    try (var page = BROWSER.open()) {
      assertThat(page.part("continue-user1")).isVisible(ChatPage.visible());
      Axe.assertNoViolations(page.page(), "signing in");
      page.signIn("user1");
      Axe.assertNoViolations(page.page(), "nothing asked yet");
      page.ask("**Who** reads `code`, [links](https://a.example) and lists?").awaitAnswer();
      Axe.assertNoViolations(page.page(), "answered");
      page.part("rename").click();
      Axe.assertNoViolations(page.page(), "renaming");
      page.page().keyboard().press("Escape");
      page.part("delete").click();
      Axe.assertNoViolations(page.page(), "deleting");
      page.page().keyboard().press("Escape");
      page.page().setViewportSize(360, 640);
      Axe.assertNoViolations(page.page(), "on a phone");
      page.part("toggle-sidebar").click();
      Axe.assertNoViolations(page.page(), "the list on a phone");
    }
  }

  @Test
  void whoever_waits_or_is_refused_is_told_by_any_aid() {
    TestingSystem.simulator().latency(1_500, 100);
    try (var page = BROWSER.open().signIn("user1")) {
      page.ask("Who waits for the first word? [[tokens=300]]");
      Axe.assertNoViolations(page.page(), "waiting");
      page.awaitSomeText();
      Axe.assertNoViolations(page.page(), "answering");
      page.part("stop").click();
      assertThat(page.status()).containsText("Stopped", ChatPage.patience());
      Axe.assertNoViolations(page.page(), "stopped");
      TestingSystem.simulator().behave();
      TestingSystem.simulator().faults("{\"kind\":\"server_error\",\"times\":3}");
      page.ask("Who fails?");
      assertThat(page.part("error")).isVisible(ChatPage.visible());
      Axe.assertNoViolations(page.page(), "failed");
      assertThat(page.page().locator("#announcements")).containsText("provider failed");
    }
  }
}
