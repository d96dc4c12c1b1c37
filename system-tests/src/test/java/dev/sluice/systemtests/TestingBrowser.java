package dev.sluice.systemtests;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.util.List;
import java.util.Map;

/** A real Chromium; without one the tests are skipped. Belongs to the thread that launches it. */
final class TestingBrowser implements AutoCloseable {
  private static final List<String> FLAGS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private final Playwright playwright;
  private final Browser browser;

  private TestingBrowser(Playwright playwright, Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  static TestingBrowser launch() {
    var chromium = Chromium.find();
    var playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    var browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium)
                    .setHeadless(true)
                    .setArgs(FLAGS));
    return new TestingBrowser(playwright, browser);
  }

  /** The page of the first api in a profile of its own, nobody signed in. */
  ChatPage open() {
    return open(TestingSystem.url());
  }

  ChatPage open(String url) {
    var page = new ChatPage(browser.newContext(), url);
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
    var context = browser.newContext();
    context.addInitScript(
        "if (!sessionStorage.getItem('signed-in')) {sessionStorage.setItem('signed-in', '1');"
            + "sessionStorage.setItem('sluice.session', JSON.stringify({account: '%s', token: '%s'}))}"
                .formatted(account, TestingSystem.token(account)));
    return context;
  }

  @Override
  public void close() {
    playwright.close();
  }
}
