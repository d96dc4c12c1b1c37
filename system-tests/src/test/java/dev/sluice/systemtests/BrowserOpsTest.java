package dev.sluice.systemtests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The ops page, in a real Chromium: what it shows moves, and its controls take hold. */
class BrowserOpsTest {
  private static final String LANE = "gpt-4o-mini.interactive";
  private static final String LANE_SHOWN = "gpt-4o-miniinteractive";
  private static final LocatorAssertions.ContainsTextOptions SOON =
      new LocatorAssertions.ContainsTextOptions().setTimeout(10_000);

  @RegisterExtension static final TestingBrowser BROWSER = new TestingBrowser();

  private final Simulator simulator = TestingSystem.simulator();
  private final List<ChatClient> clients = new ArrayList<>();

  @BeforeEach
  void slow() {
    simulator.behave();
    simulator.latency(700, 1);
  }

  @AfterEach
  void reset() {
    clients.forEach(ChatClient::close);
    simulator.behave();
    var ops = new Ops();
    ops.ask("DELETE", "/api/ops/concurrency", "");
    ops.pause(LANE, false);
  }

  @Test
  void concurrency_is_refused_set_seen_in_force_and_given_back() {
    try (var page = ops()) {
      page.part("concurrency").fill("0");
      page.part("set-concurrency").click();
      var before = page.part("as-of").textContent();
      assertThat(page.part("as-of")).not().hasText(before); // what is written outlives a look
      assertThat(page.part("concurrency-refusal"))
          .containsText("Concurrency must be from 1 to 10,000");
      assertThat(page.part("concurrency")).hasValue("0");
      assertThat(page.part("concurrency")).isFocused();
      page.part("concurrency").fill("2");
      page.page().keyboard().press("Enter");
      assertThat(page.part("concurrency-refusal")).isEmpty();
      var worker = page.row("workers", "worker-1");
      assertThat(worker).containsText("2as the fleet");
      assertThat(worker.locator("[data-title=Version]"))
          .containsText(Pattern.compile("^\\d+\\.\\d+"));

      askAll(24);
      assertThat(page.part("factor")).hasText("Concurrency");
      assertThat(page.part("figure-in-flight").locator(".figure-value")).not().hasText("0");
      assertThat(page.part("figure-backlog").locator(".figure-value")).not().hasText("0");
      page.picture("ops-load.png");
      page.part("reset-concurrency").click();
      assertThat(worker).not().containsText("as the fleet");
      assertThat(page.part("reset-concurrency")).isHidden();
      assertThat(page.part("concurrency")).isFocused();
      assertThat(waiting(page)).hasText("0", within(10_000));

      page.part("view-changes").click();
      assertThat(page.row("changes", "Concurrency of each worker").first())
          .containsText("ops", SOON);
      // The browser's own word for the concurrency of 0 that was refused
      assertThat(page.complaints()).hasSize(1).allMatch(each -> each.contains("status of 400"));
    }
  }

  @Test
  void a_paused_lane_fills_and_goes_on() {
    try (var page = ops()) {
      page.button("Pause lane " + LANE).click();
      assertThat(page.button("Resume lane " + LANE)).isVisible();
      assertThat(lane(page)).containsText("Paused");
      askAll(8);
      assertThat(waiting(page)).containsText("tokens");
      assertThat(lane(page)).containsText("not now");
      page.button("Resume lane " + LANE).focus();
      page.page().keyboard().press("Enter");
      assertThat(page.button("Pause lane " + LANE)).isFocused();
      assertThat(waiting(page)).hasText("0", within(10_000));
      assertThat(page.complaints()).isEmpty();
    }
  }

  @Test
  void a_dead_letter_is_shown_and_redriven() {
    simulator.latency(20, 1);
    simulator.faults("{\"kind\":\"server_error\",\"times\":3}");
    var id = ask("dead");
    clients.getLast().awaitEnd("dead");
    try (var page = ops()) {
      page.part("view-dead-letters").click();
      var letter = page.row("letters", id);
      assertThat(letter).containsText("3 attempts", SOON);
      letter.getByTestId("discard").click();
      page.part("confirm").click(); // without a reason
      assertThat(page.part("discard-dialog").getByTestId("error")).isVisible();
      page.page().keyboard().press("Escape");
      letter.getByTestId("redrive").click();
      assertThat(letter).containsText("redriven");
      assertThat(letter).containsText("by ops");
      assertThat(letter.getByTestId("redrive")).isHidden();
      page.picture("ops-letters.png");
      assertThat(page.page().title()).contains("Dead letters");
    }
    await().atMost(ofSeconds(10)).until(() -> simulator.audit(id).size() == 4);
  }

  @Test
  void what_is_shown_never_looks_fresh_when_it_is_not() {
    try (var page = ops()) {
      assertThat(page.part("connection")).hasText("Live");
      page.context().setOffline(true);
      assertThat(page.part("connection")).hasText("Not connected");
      assertThat(page.part("stale")).containsText("What you see is of");
      assertThat(page.part("as-of")).isEmpty();
      page.context().setOffline(false);
      assertThat(page.part("connection")).hasText("Live");
      assertThat(page.part("stale")).isHidden();
    }
  }

  @Test
  void whoever_lacks_the_role_sees_nothing() {
    try (var page = BROWSER.openOps("user1")) {
      assertThat(page.part("forbidden")).containsText("user1 does not have the role ops");
      assertThat(page.part("ops")).hasCount(0);
      assertThat(page.part("page-chat")).isVisible();
    }
  }

  @Test
  void everybody_can_read_it_at_any_width() {
    try (var page = ops()) {
      for (var view : new String[] {"dead-letters", "changes", "now"}) {
        page.part("view-" + view).click();
        assertThat(page.part("connection")).hasText("Live");
        page.page().setViewportSize(390, 844);
        assertThat(page.scrollsSideways()).as(view).isFalse();
        page.page().setViewportSize(1280, 900);
        Axe.assertNoViolations(page.page(), view);
      }
      page.wholePicture("ops.png");
      page.page().emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
      page.wholePicture("ops-dark.png");
      page.page().setViewportSize(390, 844);
      Axe.assertNoViolations(page.page(), "on a phone");
      page.wholePicture("ops-390.png");
      assertThat(page.complaints()).isEmpty();
    }
  }

  private static OpsPage ops() {
    return BROWSER.openOps("ops").awaitShown();
  }

  private static Locator lane(OpsPage page) {
    return page.row("lanes", LANE_SHOWN);
  }

  private static Locator waiting(OpsPage page) {
    return page.cell("lanes", LANE_SHOWN, "Waiting");
  }

  private static LocatorAssertions.HasTextOptions within(double millis) {
    return new LocatorAssertions.HasTextOptions().setTimeout(millis);
  }

  private void askAll(int count) {
    for (int i = 0; i < count; i++) ask("s" + i);
  }

  private String ask(String stream) {
    if (asked++ % 10 == 0) clients.add(ChatClient.of("user1"));
    return clients.getLast().ask(stream, "Question %d [[tokens=10]]".formatted(System.nanoTime()));
  }

  private int asked;
}
