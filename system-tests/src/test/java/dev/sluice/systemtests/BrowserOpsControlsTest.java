package dev.sluice.systemtests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.assertions.LocatorAssertions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The controls of the ops page that concern one worker, or what cannot be taken back. */
class BrowserOpsControlsTest {
  private static final String WORKER = "worker-1";
  private static final String LANE = "gpt-4o-miniinteractive";
  private static final double SOON_MS = 15_000;

  @RegisterExtension static final TestingBrowser BROWSER = new TestingBrowser();

  private final Simulator simulator = TestingSystem.simulator();
  private final Ops ops = new Ops();

  @BeforeEach
  void behave() {
    simulator.behave();
  }

  @AfterEach
  void reset() {
    simulator.behave();
    var worker = TestingSystem.stack().worker(1);
    ops.ask("DELETE", "/api/ops/workers/" + WORKER + "/concurrency", "");
    ops.drain(worker, false);
  }

  @Test
  void a_worker_is_drained_and_let_in_again_and_nothing_is_lost_meanwhile() {
    try (var client = ChatClient.of("user1");
        var page = ops()) {
      page.button("Drain worker-1").focus();
      page.press("Enter");
      var state = page.cell("workers", WORKER, "State");
      assertThat(state).hasText("drained", soon());
      assertThat(page.button("Let worker-1 in again")).isFocused();
      var id = client.ask("waits", "Who lets a worker in?");
      assertThat(page.cell("lanes", LANE, "Waiting")).containsText("1≈");
      assertThat(simulator.audit(id)).isEmpty();
      page.picture("ops-drained.png");

      page.press("Enter");
      assertThat(state).hasText("running", soon());
      assertThat(page.button("Drain worker-1")).isFocused();
      assertThat(client.awaitEnd("waits").path("type").asString()).isEqualTo("response.completed");
      assertThat(simulator.audit(id)).hasSize(1);
      assertThat(page.complaints()).isEmpty();
    }
  }

  @Test
  void a_worker_has_a_concurrency_of_its_own_until_it_goes_back_to_that_of_the_fleet() {
    try (var page = ops()) {
      var change = page.button("Concurrency of worker-1");
      var own = page.cell("workers", WORKER, "Concurrency");
      var input = page.part("worker-value");
      change.click();
      assertThat(page.part("worker-back")).isHidden();
      input.fill("10001");
      page.part("confirm").click();
      assertThat(page.part("worker-dialog").getByTestId("error"))
          .containsText("Concurrency must be from 1 to 10,000 calls at once");
      assertThat(input).hasValue("10001");
      assertThat(input).isFocused();
      Axe.assertNoViolations(page.page(), "a number that is refused");
      page.picture("ops-worker.png");

      input.fill("3");
      page.press("Enter");
      assertThat(own).hasText("3its own");
      assertThat(change).isFocused();
      page.press("Enter");
      assertThat(input).hasValue("3");
      page.picture("ops-worker-own.png");
      page.part("worker-back").click();
      assertThat(own).containsText("default");
      assertThat(change).isFocused();
      // The browser's own word for the number that was refused
      assertThat(page.complaints()).hasSize(1).allMatch(each -> each.contains("status of 400"));
    }
  }

  @Test
  void dead_letters_are_discarded_with_a_reason_or_redriven_all_at_once() {
    var ids = deadLetters(3);
    try (var page = letters()) {
      var unwanted = ids.getFirst();
      discard(page, unwanted);
      var others = ids.subList(1, 3);
      redriveAll(page, others);
      await()
          .atMost(ofSeconds(10))
          .untilAsserted(() ->
              assertThat(others).allSatisfy(id -> assertThat(simulator.audit(id)).hasSize(4)));
      assertThat(simulator.audit(unwanted)).hasSize(3);
      // The browser's own word for the discard that was refused
      assertThat(page.complaints()).hasSize(1).allMatch(each -> each.contains("status of 400"));
    }
  }

  private static void discard(OpsPage page, String id) {
    var state = page.cell("letters", id, "State");
    var discard = page.row("letters", id).getByTestId("discard");
    assertThat(state).hasText("open", soon());
    discard.click();
    page.part("discard-reason").fill("  ");
    page.part("confirm").click();
    assertThat(page.part("discard-dialog").getByTestId("error"))
        .containsText("Give the reason why nobody wants it");
    assertThat(page.part("discard-reason")).isFocused();
    Axe.assertNoViolations(page.page(), "no reason given");
    page.picture("ops-discard.png");
    page.press("Escape");
    assertThat(state).hasText("open");
    assertThat(discard).isFocused();

    page.press("Enter");
    page.part("discard-reason").fill("the user asked elsewhere");
    page.press("Enter");
    assertThat(state).hasText(Pattern.compile("discardedby ops, .*“the user asked elsewhere”"));
    assertThat(discard).isHidden();
    assertThat(page.part("letters")).isFocused();
  }

  private static void redriveAll(OpsPage page, List<String> ids) {
    page.part("redrive-all").click();
    var dialog = page.part("redrive-all-dialog");
    assertThat(dialog).containsText(Pattern.compile("\\d+ requests will be called again"));
    Axe.assertNoViolations(page.page(), "redriving all");
    page.picture("ops-redrive-all.png");
    dialog.getByText("Cancel").click();
    assertThat(page.part("redrive-all")).isFocused();
    for (var id : ids) assertThat(page.cell("letters", id, "State")).hasText("open");

    page.press("Enter");
    page.part("confirm").click();
    for (var id : ids) assertThat(page.cell("letters", id, "State")).containsText("redrivenby ops");
    assertThat(page.part("letters")).isFocused();
  }

  /** Requests whose attempts have all failed. */
  private List<String> deadLetters(int count) {
    simulator.faults("{\"kind\":\"server_error\",\"times\":%d}".formatted(3 * count));
    try (var client = ChatClient.of("user1")) {
      var ids = new ArrayList<String>();
      for (int i = 0; i < count; i++)
        ids.add(client.ask("s" + i, "Question %d".formatted(System.nanoTime())));
      for (int i = 0; i < count; i++)
        assertThat(client.awaitEnd("s" + i).path("type").asString()).isEqualTo("response.failed");
      return ids;
    }
  }

  private static OpsPage ops() {
    return BROWSER.openOps("ops").awaitShown();
  }

  private static OpsPage letters() {
    var page = ops();
    page.part("view-dead-letters").click();
    return page;
  }

  private static LocatorAssertions.HasTextOptions soon() {
    return new LocatorAssertions.HasTextOptions().setTimeout(SOON_MS);
  }
}
