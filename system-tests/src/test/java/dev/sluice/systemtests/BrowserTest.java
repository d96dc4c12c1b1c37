package dev.sluice.systemtests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Conversations on the chat page, in a real Chromium. */
class BrowserTest {
  @RegisterExtension static final TestingBrowser BROWSER = new TestingBrowser();

  @BeforeEach
  @AfterEach
  void behave() {
    TestingSystem.simulator().behave();
  }

  @Test
  void a_question_is_answered_with_its_cost() {
    try (var page = signedIn()) {
      page.ask("Why do rivers meander?").awaitAnswer();
      assertThat(page.answer()).containsText("rivers meander");
      assertThat(page.part("answer-cost"))
          .containsText(Pattern.compile("\\d+ tokens in .* \\d+ out .* \\$0\\.\\d+"));
      page.ask("Are there rivers that do not?").awaitAnswer();
      page.picture("chat.png");
      page.page().emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
      page.picture("chat-dark.png");
      assertThat(page.complaints()).isEmpty();
    }
  }

  @Test
  void the_colours_that_are_chosen_stay() {
    try (var page = signedIn()) {
      page.part("theme").click();
      page.reload();
      assertThat(page.page().locator("html")).hasAttribute("data-theme", "dark");
      var background =
          page.page().evaluate("getComputedStyle(document.body).backgroundColor").toString();
      assertThat(background).isEqualTo("rgb(14, 23, 25)");
    }
  }

  @Test
  void the_page_fits_a_phone() {
    try (var page = signedIn()) {
      page.page().setViewportSize(360, 640);
      page.ask("Hello from a small screen `" + "no break ".repeat(40) + "`").awaitAnswer();
      assertThat(page.scrollsSideways()).isFalse();
      page.picture("chat-360.png");
      page.part("toggle-sidebar").click();
      assertThat(page.part("conversation-link")).hasCount(1);
      assertThat(page.scrollsSideways()).isFalse();
      page.picture("conversations-360.png");
      page.page().keyboard().press("Escape");
      assertThat(page.part("sidebar")).isHidden();
      assertThat(page.part("toggle-sidebar")).isFocused();
    }
  }

  @Test
  void an_answer_can_be_stopped_and_asked_for_again() {
    TestingSystem.simulator().latency(50, 200);
    try (var page = signedIn()) {
      page.ask("A very long story [[tokens=500]]").awaitSomeText();
      page.part("stop").click();
      assertThat(page.status()).containsText("Stopped", ChatPage.patience());
      assertThat(page.answer()).containsText("You asked about");
      TestingSystem.simulator().behave();
      page.part("again").click();
      page.awaitAnswer();
      assertThat(page.part("turn")).hasCount(1);
    }
  }

  @Test
  void conversations_are_listed_renamed_and_deleted_and_survive_a_reload() {
    try (var page = signedIn()) {
      page.ask("What is a weir?").awaitAnswer();
      page.part("new-conversation").click();
      assertThat(page.part("turn")).hasCount(0);
      page.ask("What is a lock?").awaitAnswer();
      var links = page.part("conversation-link");
      assertThat(links).hasText(new String[] {"What is a lock?", "What is a weir?"});

      page.reload();
      assertThat(links).hasText(new String[] {"What is a lock?", "What is a weir?"});
      assertThat(page.part("question")).hasText("What is a lock?");
      links.last().click();
      assertThat(page.part("question")).hasText("What is a weir?");
      assertThat(page.part("answer-cost")).containsText("$");
      page.page().goBack();
      assertThat(page.part("question")).hasText("What is a lock?");

      page.part("rename").first().click();
      page.part("rename-input").fill("Locks <b>and</b> more");
      page.page().keyboard().press("Enter");
      assertThat(links.first()).hasText("Locks <b>and</b> more");

      page.part("delete").first().click();
      page.part("delete-dialog").getByTestId("confirm").click();
      assertThat(links).hasText(new String[] {"What is a weir?"});
      assertThat(page.part("turn")).hasCount(0);
      page.reload();
      assertThat(links).hasText(new String[] {"What is a weir?"});
      assertThat(page.complaints()).isEmpty();
    }
  }

  @Test
  void another_account_of_the_same_browser_sees_none_of_them() {
    try (var page = signedIn()) {
      page.ask("A secret of mine?").awaitAnswer();
      page.part("sign-out").click();
      page.signIn("user2");
      assertThat(page.part("conversation-link")).hasCount(0);
      page.part("sign-out").click();
      page.signIn("user1");
      assertThat(page.part("conversation-link")).hasText("A secret of mine?");
    }
  }

  @Test
  void two_conversations_are_answered_at_once() {
    TestingSystem.simulator().latency(50, 60);
    try (var page = signedIn()) {
      page.ask("The first of two stories [[tokens=60]]").awaitSomeText();
      page.part("new-conversation").click();
      page.ask("The second of two stories [[tokens=60]]").awaitSomeText();
      page.part("conversation-link").last().click();
      page.awaitAnswer();
      assertThat(page.answer()).containsText("The first of two stories");
      page.part("conversation-link").first().click();
      page.awaitAnswer();
      assertThat(page.answer()).containsText("The second of two stories");
      assertThat(page.part("turn")).hasCount(1);
    }
  }

  @Test
  void two_tabs_show_the_same_conversations() {
    try (var page = signedIn()) {
      var tab = page.anotherTab().signIn("user1");
      page.ask("Who else is here?").awaitAnswer();
      tab.part("conversation-link").click();
      tab.awaitAnswer().ask("I am, in another tab?").awaitAnswer();
      assertThat(page.part("question").last()).hasText("I am, in another tab?");
      page.awaitAnswer().ask("Who was first?").awaitAnswer();
      assertThat(tab.part("question")).hasCount(3);
      assertThat(page.page()).hasTitle("Who else is here? · Sluice");
    }
  }

  @Test
  void the_keyboard_is_enough() {
    try (var page = BROWSER.open()) {
      page.part("continue-user1").focus();
      page.page().keyboard().press("Enter");
      assertThat(page.part("prompt")).isFocused();
      assertThat(page.part("model").locator("option").first()).isAttached();
      page.page().keyboard().type("Two");
      page.page().keyboard().press("Shift+Enter");
      page.page().keyboard().type("lines?");
      page.page().keyboard().press("Enter");
      page.awaitAnswer();
      assertThat(page.part("question")).hasText("Two\nlines?");
      assertThat(page.part("prompt")).isFocused();
      page.part("delete").focus();
      page.page().keyboard().press("Enter");
      assertThat(page.part("delete-dialog").getByText("Cancel")).isFocused();
      page.page().keyboard().press("Escape");
      assertThat(page.part("delete")).isFocused();
    }
  }

  private static ChatPage signedIn() {
    return BROWSER.open().signIn("user1");
  }
}
