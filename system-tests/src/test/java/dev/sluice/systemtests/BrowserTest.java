package dev.sluice.systemtests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The chat page in a real Chromium. */
class BrowserTest {
  private static final List<String> FLAGS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");
  private static final double PATIENCE_MS = 30_000;

  private static Playwright playwright;
  private static Browser browser;

  @BeforeAll
  static void launch() {
    var chromium = Chromium.find();
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium)
                    .setHeadless(true)
                    .setArgs(FLAGS));
    TestingSystem.simulator().behave();
  }

  @AfterAll
  static void close() {
    if (playwright != null) playwright.close();
  }

  @Test
  void a_question_is_answered_with_its_cost() {
    var complaints = new ArrayList<String>();
    try (var page = signedIn(complaints)) {
      ask(page, "Why do rivers meander?");
      assertThat(page.getByTestId("answer").last())
          .containsText(
              "rivers meander",
              new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE_MS));
      assertThat(page.getByTestId("answer-cost").last())
          .containsText(Pattern.compile("\\d+ tokens in .* \\d+ out .* \\$0\\.\\d+"), patience());
      page.screenshot(new Page.ScreenshotOptions().setPath(output("chat.png")));
      assertThat(complaints).isEmpty();
    }
  }

  @Test
  void the_page_fits_a_phone() {
    try (var page = signedIn(new ArrayList<>())) {
      page.setViewportSize(360, 640);
      ask(page, "Hello from a small screen");
      assertThat(page.getByTestId("answer-cost").last()).containsText("$", patience());
      var overflow =
          (Boolean) page.evaluate("document.documentElement.scrollWidth > window.innerWidth");
      assertThat(overflow).isFalse();
      page.screenshot(new Page.ScreenshotOptions().setPath(output("chat-360.png")));
    }
  }

  @Test
  void an_answer_can_be_stopped() {
    TestingSystem.simulator().latency(50, 200);
    try (var page = signedIn(new ArrayList<>())) {
      ask(page, "A very long story [[tokens=500]]");
      assertThat(page.getByTestId("answer").last()).not().isEmpty();
      page.getByTestId("stop").click();
      assertThat(page.getByTestId("answer-status").last())
          .containsText(Pattern.compile("stopped", Pattern.CASE_INSENSITIVE), patience());
    } finally {
      TestingSystem.simulator().behave();
    }
  }

  private static Page signedIn(List<String> complaints) {
    var page = browser.newPage();
    page.onConsoleMessage(message -> {
      if (message.type().equals("error")) complaints.add(message.text());
    });
    page.onPageError(complaints::add);
    page.navigate(TestingSystem.stack().url().orElseThrow());
    page.getByTestId("continue-user1").click();
    return page;
  }

  private static void ask(Page page, String question) {
    page.getByTestId("prompt").fill(question);
    page.getByTestId("send").click();
  }

  private static LocatorAssertions.ContainsTextOptions patience() {
    return new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE_MS);
  }

  private static Path output(String name) {
    return TestingSystem.output().resolve(name);
  }
}
