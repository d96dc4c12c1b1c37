package dev.sluice.systemtests;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.List;

/** A page in a profile of its own, and what the browser said of it. */
class OpenPage implements AutoCloseable {
  private final BrowserContext context;
  private final Page page;
  private final List<String> complaints = new ArrayList<>();

  OpenPage(BrowserContext context) {
    this.context = context;
    this.page = context.newPage();
    page.onConsoleMessage(message -> {
      if (message.type().equals("error")) complaints.add(message.text());
    });
    page.onPageError(complaints::add);
    page.onDialog(dialog -> {
      complaints.add("dialog: " + dialog.message());
      dialog.dismiss();
    });
  }

  final Page page() {
    return page;
  }

  final BrowserContext context() {
    return context;
  }

  final Locator part(String testId) {
    return page.getByTestId(testId);
  }

  final void reload() {
    page.reload();
  }

  /** Keeps a picture for a person to look at. */
  final void picture(String name) {
    page.screenshot(new Page.ScreenshotOptions().setPath(TestingSystem.output().resolve(name)));
  }

  final boolean scrollsSideways() {
    return (Boolean) page.evaluate("document.documentElement.scrollWidth > window.innerWidth");
  }

  /** What the browser complained of: failed scripts, broken policies, dialogs. */
  final List<String> complaints() {
    return complaints;
  }

  @Override
  public final void close() {
    context.close();
  }
}
