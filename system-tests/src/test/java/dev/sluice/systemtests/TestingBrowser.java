package dev.sluice.systemtests;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real Chromium for the tests of a class; without one they are skipped. Belongs to the thread
 * that runs them.
 */
final class TestingBrowser implements BeforeAllCallback, AfterAllCallback {
  private static final List<String> FLAGS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private @Nullable Playwright playwright;
  private @Nullable Browser browser;

  @Override
  public void beforeAll(ExtensionContext tests) {
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
  }

  @Override
  public void afterAll(ExtensionContext tests) {
    if (playwright != null) playwright.close();
  }

  /** The page of the first api in a profile of its own, nobody signed in. */
  ChatPage open() {
    return open(TestingSystem.url());
  }

  ChatPage open(String url) {
    var page = new ChatPage(context(), url);
    page.load();
    return page;
  }

  /**
   * The finance page.
   *
   * @param query which place of it
   */
  OpenPage openFinance(String account, String query) {
    return opened(new OpenPage(signedIn(account)), "/finance" + query);
  }

  /** The ops page. */
  OpsPage openOps(String account) {
    return opened(new OpsPage(signedIn(account)), "/ops");
  }

  private static <T extends OpenPage> T opened(T page, String path) {
    page.page().navigate(TestingSystem.url() + path);
    return page;
  }

  private BrowserContext signedIn(String account) {
    var context = context();
    context.addInitScript(
        "if (!sessionStorage.getItem('signed-in')) {sessionStorage.setItem('signed-in', '1');"
            + "sessionStorage.setItem('sluice.session', JSON.stringify({account: '%s', token: '%s'}))}"
                .formatted(account, TestingSystem.token(account)));
    return context;
  }

  private BrowserContext context() {
    return Objects.requireNonNull(browser).newContext();
  }
}
