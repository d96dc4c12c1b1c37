package dev.sluice.systemtests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;

/** The ops page as an operator uses it. */
final class OpsPage extends OpenPage {
  OpsPage(BrowserContext context) {
    super(context);
  }

  /** Waits until it shows how things are. */
  OpsPage awaitShown() {
    page().setViewportSize(1280, 900);
    assertThat(part("as-of")).containsText("As of");
    return this;
  }

  /** The row of a table that says this. */
  Locator row(String table, String text) {
    return part(table + "-row").filter(has(text));
  }

  Locator cell(String table, String text, String title) {
    return row(table, text).locator("[data-title='" + title + "']");
  }

  /** What is read to whoever cannot see it. */
  Locator button(String name) {
    return page()
        .getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  void press(String key) {
    page().keyboard().press(key);
  }

  /** Keeps a picture of all of it. */
  void wholePicture(String name) {
    page()
        .screenshot(
            new Page.ScreenshotOptions()
                .setFullPage(true)
                .setPath(TestingSystem.output().resolve(name)));
  }

  private static Locator.FilterOptions has(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }
}
