package dev.sluice.systemtests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The finance page, in a real Chromium. Most of it looks at a day that is over and that only this
 * class has written to.
 */
class BrowserFinanceTest {
  private static final LocalDate DAY = LocalDate.now(ZoneOffset.UTC).minusDays(35);
  private static final String THAT_DAY = "?period=custom&from=%1$s&to=%1$s".formatted(DAY);

  /** Names as an attacker would choose them. */
  private static final String TEAM = "<img src=x onerror=alert(1)>";

  private static final String USER = "\"><script>alert(2)</script>";
  private static final String MODEL = "gpt-none<svg onload=alert(3)>";

  /** A team as Keycloak names its groups, and whatever else a path cannot hold. */
  private static final String GROUP = "/no such/team; 100% \\ ..";

  /** The others are made of the same parts. */
  private static final Set<String> SEEN_BY_AXE = Set.of("costs", "requests", "reconciliation");

  private static final int REQUESTS = 60;
  private static final String LEDGER =
      """
      with row as (
          select 'resp_page_' || i as request_id, 1 as attempt, timestamptz '%1$s 12:00Z' + i * interval '1 second' as opened_at,
              case when i <= 50 then 'red' else '%2$s' end as team,
              case when i <= 50 then 'user' || i %% 2 else '%3$s' end as user_id,
              case when i = 60 then '%4$s' else 'gpt-4o' end as model,
              case when i <= 58 then 0.0123456789 * i end as cost,
              i %% 10 = 0 as estimated, case when i = 59 then 'negative_count' end as suspect
          from generate_series(1, %5$d) i
          union all
          select 'resp_page_1', 2, timestamptz '%1$s 12:01Z', 'red', 'user1', 'gpt-4o', 0.0000000001, false, null
          union all
          select 'resp_page_saved', 0, timestamptz '%1$s 12:02Z', 'red', 'user1', 'gpt-4o', 0, false, null
          union all
          select 'resp_page_suspect', 1, timestamptz '%1$s 12:00Z' - interval '2 days', 'red', 'user1', 'gpt-4o', null, false, 'negative_count'
      ), keyed as (
          insert into usage_key (request_id, attempt, entry, opened_at, estimated)
          select request_id, attempt, 0, opened_at, estimated from row
      )
      insert into usage_entry (
          request_id, attempt, entry, kind, user_id, team, project, tags, model, service_tier, priority, source,
          input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
          input_audio_tokens, output_audio_tokens, saved_input_tokens, saved_cached_input_tokens, saved_output_tokens,
          cost, saved, currency, rate_card_id, estimated, suspect, outcome, opened_at, settled_at)
      select
          request_id, attempt, 0, 'usage', user_id, team, '', '{}', model, 'default', 'interactive',
          case when attempt = 0 then 'cache' else 'provider' end,
          100, 0, 0, 50, 0, 0, 0, 0, 0, 0,
          cost, case when attempt = 0 then 0.25 else 0 end, 'USD',
          case when cost is not null then (select min(id) from rate_card where model = 'gpt-4o') end,
          estimated, suspect, 'completed', opened_at, opened_at + interval '1 second'
      from row
      """;

  /** Start, end, model. */
  private static final String COSTS =
      """
      {"object":"page","data":[{"object":"bucket","start_time":%d,"end_time":%d,"results":[
        {"object":"organization.costs.result","line_item":"%s, input","amount":{"value":0.06,"currency":"usd"}}]}],
       "has_more":false,"next_page":null}
      """;

  private static final String FETCHED =
      "select count(*) from provider_usage where source = 'api' and imported_by = 'finance'";

  private static final LocatorAssertions.ContainsTextOptions AT_ONCE =
      new LocatorAssertions.ContainsTextOptions().setTimeout(500);

  @RegisterExtension static final TestingBrowser BROWSER = new TestingBrowser();

  @BeforeAll
  static void prepare() throws SQLException {
    TestingSystem.ledger().update(LEDGER.formatted(DAY, TEAM, USER, MODEL, REQUESTS));
  }

  @Test
  void the_numbers_are_those_of_the_ledger() throws SQLException {
    try (var page = finance(THAT_DAY)) {
      var cost = sum("select sum(cost) from cost_daily where day = '%s'");
      assertThat(amount(page.part("figure-cost"))).isEqualByComparingTo(cost);
      assertThat(amount(page.part("figure-estimated")))
          .isEqualByComparingTo(sum("select sum(estimated_cost) from cost_daily where day = '%s'"));
      assertThat(page.part("figure-unpriced")).containsText("2");
      assertThat(page.part("figure-suspect")).containsText("1");

      var red = page.part("breakdown-table-row").filter(has("red"));
      assertThat(amount(red))
          .isEqualByComparingTo(
              sum("select sum(cost) from cost_daily where day = '%s' and team = 'red'"));
      page.part("by-model").click();
      assertThat(page.part("breakdown-table-row")).hasCount(2);
      assertThat(page.part("readout")).containsText("$" + cost.setScale(2, RoundingMode.DOWN));

      page.part("view-savings").click();
      assertThat(amount(page.part("saved-cache"))).isEqualByComparingTo("0.25");
      assertThat(page.complaints()).isEmpty();
    }
  }

  @Test
  void today_and_this_month_are_those_of_the_ledger() {
    HttpCaller.of("user1").post("/v1/responses", HttpCaller.question("What does today cost?"));
    try (var page = finance("")) {
      await()
          .atMost(ofSeconds(20))
          .untilAsserted(() -> {
            page.part("refresh").click();
            assertThat(amount(page.part("figure-today")))
                .isPositive()
                .isEqualByComparingTo(
                    sum(
                        "select sum(cost) from cost_daily where day = (now() at time zone 'UTC')::date"));
            assertThat(amount(page.part("figure-month")))
                .isEqualByComparingTo(
                    sum(
                        "select sum(cost) from cost_monthly where month = date_trunc('month', now() at time zone 'UTC')::date"));
          });
    }
  }

  @Test
  void a_sum_leads_to_its_requests_and_they_to_their_attempts() {
    try (var page = finance(THAT_DAY)) {
      page.part("breakdown-table-row").filter(has("red")).getByTestId("deeper").click();
      assertThat(page.part("filters")).containsText("team: red");
      page.part("breakdown-table-row").filter(has("user1")).getByTestId("deeper").click();
      assertThat(page.part("requests-table-row")).hasCount(26);
      page.part("open-request").last().click();
      assertThat(page.part("request")).containsText("resp_page_1");
      assertThat(page.part("attempts-table-row")).hasCount(2);
      assertThat(amount(page.part("facts"))).isEqualByComparingTo("0.0123456790");
      assertThat(page.part("facts").locator("dd"))
          .containsText(new String[] {"$", "user1", "red", "–", "gpt-4o"});
      page.picture("finance-request.png");

      page.page().goBack();
      page.part("without-user").click();
      assertThat(page.part("requests-table-row")).hasCount(50);
      page.part("more").click();
      assertThat(page.part("requests-table-row")).hasCount(51);
      page.part("without-team").click();
      page.part("state-unpriced").click();
      assertThat(page.part("requests-table-row")).hasCount(2);
      page.reload(); // the address says it all
      assertThat(page.part("requests-table-row")).hasCount(2);
    }
  }

  @Test
  void names_are_text_whatever_they_look_like() {
    try (var page = finance(THAT_DAY)) {
      var row = page.part("breakdown-table-row").filter(has(TEAM));
      assertThat(row).isVisible();
      page.part("stack-team").click();
      assertThat(page.part("trend")).containsText(TEAM);
      row.getByTestId("deeper").click();
      var user = page.part("breakdown-table-row").filter(has(USER));
      assertThat(page.part("filters")).containsText(TEAM);
      user.getByTestId("deeper").click();
      assertThat(page.part("requests-table")).containsText(MODEL);
      assertThat(page.page().locator("main img, main script")).hasCount(0);
      assertThat(page.complaints()).isEmpty();
    }
  }

  @Test
  void a_cap_is_set_changed_and_deleted() {
    try (var page = finance("?view=caps")) {
      page.part("new-cap").click();
      page.part("confirm").click();
      var dialog = page.part("cap-dialog");
      assertThat(dialog).containsText("Name the team whose spending is capped.");
      assertThat(dialog).containsText("Set a soft cap, a hard cap, or both.");
      assertThat(page.part("cap-subject")).isFocused();
      Axe.assertNoViolations(page.page(), "a cap that cannot be");
      page.part("cap-subject").fill(GROUP);
      page.part("cap-soft").fill("80.5");
      page.part("cap-hard").fill("70");
      page.part("confirm").click();
      assertThat(dialog).containsText("The hard cap is below the soft cap.");
      page.part("cap-hard").fill("100");
      page.page().keyboard().press("Enter");

      var cap = page.part("cap").filter(has(GROUP));
      assertThat(cap.getByTestId("cap-amounts")).hasText("soft cap $80.50 hard cap $100.00");
      cap.getByTestId("change-cap").click();
      page.part("cap-soft").fill("");
      page.part("cap-hard").fill("120.25");
      page.part("confirm").click();
      assertThat(cap.getByTestId("cap-amounts")).hasText("hard cap $120.25");
      page.part("refresh").click();
      assertThat(cap.getByTestId("cap-amounts")).hasText("hard cap $120.25");
      cap.getByTestId("burn-down").click();
      assertThat(cap.getByTestId("burn-down")).containsText("is left after");
      page.picture("finance-caps.png");
      Axe.assertNoViolations(page.page(), "caps");

      cap.getByTestId("remove-cap").click();
      page.part("confirm").click();
      assertThat(cap).hasCount(0);
      assertThat(page.complaints()).isEmpty();
    }
  }

  @Test
  void a_price_is_added() {
    var model = "a-model-" + UUID.randomUUID(); // among the first of the table
    try (var page = finance("?view=prices")) {
      page.part("new-price").click();
      page.part("confirm").click();
      var dialog = page.part("price-dialog");
      assertThat(dialog).containsText("Name the model as the provider names it in its answers.");
      page.part("price-model").fill(model);
      page.part("price-input").fill("1.25");
      page.part("price-output").fill("10");
      page.part("price-source").fill("a contract");
      page.part("confirm").click();
      assertThat(page.part("price-added")).containsText("is on its way to the ledger");
      var card = page.part("prices-table-row").filter(has(model));
      untilShown(page, () -> assertThat(card).containsText("now", AT_ONCE));
      assertThat(card.locator(".money").first()).hasAttribute("data-amount", "1.25");
      assertThat(page.complaints()).isEmpty();
    }
  }

  @Test
  void counts_that_cannot_be_believed_are_replaced() {
    try (var page = finance("?view=request&request=resp_page_suspect")) {
      page.part("resolve").click();
      page.part("resolve-replace").check();
      page.part("confirm").click();
      assertThat(page.part("resolve-dialog")).containsText("Write the number of tokens in digits");
      page.page().getByLabel("Tokens in").fill("1000000");
      page.page().getByLabel("Tokens out").fill("0");
      page.part("confirm").click();
      assertThat(page.part("resolved")).containsText("on its way to the ledger");
      untilShown(
          page,
          () -> assertThat(page.part("attempts-table-row")).containsText("corrected", AT_ONCE));
      assertThat(amount(page.part("facts"))).isEqualByComparingTo("2.50");
      assertThat(page.part("resolve")).hasCount(0);
      assertThat(page.complaints()).isEmpty();
    }
  }

  @Test
  void the_providers_figures_are_imported_from_a_file() {
    var model = "model-" + UUID.randomUUID();
    long midnight = DAY.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
    var costs = COSTS.formatted(midnight, midnight + 86_400, model);
    try (var page = finance(THAT_DAY + "&view=reconciliation")) {
      page.part("import-file").setInputFiles(file("no.json", "{}"));
      page.part("import").click();
      assertThat(page.part("provider-figures").getByRole(AriaRole.ALERT).last()).not().isEmpty();
      page.part("import-file").setInputFiles(file("costs.json", costs));
      page.part("import").click();
      assertThat(page.part("import-done")).containsText("1 buckets were taken.");
      var line = page.part("reconciliation-table-row").filter(has(model));
      untilShown(page, () -> assertThat(line).containsText("differs", AT_ONCE));
      assertThat(line).containsText("$0.06");
    }
  }

  @Test
  void the_provider_is_asked_for_a_day() throws SQLException {
    HttpCaller.of("user1").post("/v1/responses", HttpCaller.question("What will it have cost?"));
    long before = TestingSystem.ledger().count(FETCHED);
    try (var page = finance("?view=reconciliation&period=today")) {
      page.part("fetch-day").fill(LocalDate.now(ZoneOffset.UTC).toString());
      page.part("fetch").click();
      assertThat(page.part("fetch-done")).containsText("The provider is being asked");
      await()
          .atMost(ofSeconds(20))
          .until(() -> TestingSystem.ledger().count(FETCHED), fetched -> fetched > before);
      page.part("refresh").click();
      assertThat(page.part("reconciliation-table-row").filter(has("gpt-4o-mini")))
          .not()
          .containsText("missing");
      assertThat(page.complaints()).isEmpty();
    }
  }

  @Test
  void whoever_lacks_the_role_is_told_and_may_sign_in_as_another() {
    try (var page = BROWSER.openFinance("user1", THAT_DAY)) {
      assertThat(page.part("forbidden")).containsText("user1 does not have the role finance");
      Axe.assertNoViolations(page.page(), "no role");
      page.part("another").click();
      page.part("continue-finance").click();
      assertThat(page.part("figure-cost")).containsText("$");
    }
  }

  @Test
  void an_export_is_saved_as_a_file() throws IOException {
    try (var page = finance(THAT_DAY + "&view=exports")) {
      var saved = page.page().waitForDownload(() -> page.part("export-usage.csv").click());
      assertThat(saved.suggestedFilename()).isEqualTo("sluice-%s-usage.csv".formatted(DAY));
      assertThat(Files.readAllLines(saved.path())).hasSize(1 + REQUESTS + 2);
      assertThat(page.part("command")).containsText("/api/finance/export/focus.csv?from=" + DAY);
    }
  }

  @Test
  void money_is_never_a_floating_point_number() {
    try (var page = finance("?view=prices")) {
      assertThat(page.part("prices-table-row").first()).isVisible();
      var sum =
          page.page()
              .evaluate(
                  """
                  async () => {
                    const { textOf, unitsOf } = await import('/finance/money.js');
                    const amounts = ['0.1', '0.2', '12345678901234567890.0000000001', '1E-10', '-5E+1', '0E-10'];
                    return textOf(amounts.map(unitsOf).reduce((sum, each) => sum + each, 0n));
                  }
                  """);
      assertThat(sum).isEqualTo("12345678901234567840.3000000002");
    }
  }

  @Test
  void the_keyboard_is_enough_for_the_chart() {
    try (var page = finance(THAT_DAY)) {
      page.part("chart").locator("a").last().focus();
      page.page().keyboard().press("ArrowLeft");
      assertThat(page.part("readout")).containsText("$0.00");
      page.page().keyboard().press("End");
      assertThat(page.part("readout")).not().containsText("$0.00");
      page.page().keyboard().press("ArrowLeft");
      page.page().keyboard().press("Enter");
      assertThat(page.part("breakdown")).containsText("Nothing was spent.");
      assertThat(page.page()).hasURL(Pattern.compile("from=" + DAY.minusDays(1)));
    }
  }

  @Test
  void everybody_can_read_it_at_any_width() {
    try (var page = finance(THAT_DAY)) {
      for (var view : new String[] {"requests", "reconciliation", "exports", "prices", "costs"}) {
        page.part("view-" + view).click();
        assertThat(page.page().locator("[aria-busy]")).hasCount(0);
        page.page().setViewportSize(360, 740);
        assertThat(page.scrollsSideways()).as(view).isFalse();
        page.page().setViewportSize(1280, 900);
        if (SEEN_BY_AXE.contains(view)) Axe.assertNoViolations(page.page(), view);
      }
      assertThat(page.part("chart").locator("a")).hasCount(14);
      page.picture("finance-dark.png");
      page.page().emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
      page.picture("finance.png");
      page.page().setViewportSize(360, 740);
      Axe.assertNoViolations(page.page(), "on a phone");
      page.picture("finance-360.png");
      assertThat(page.complaints()).isEmpty();
    }
  }

  private static OpenPage finance(String query) {
    return BROWSER.openFinance("finance", query);
  }

  /** What is on its way to the ledger, which the page asks again for when it is told to. */
  private static void untilShown(OpenPage page, ThrowingRunnable isShown) {
    await()
        .atMost(ofSeconds(20))
        .untilAsserted(() -> {
          page.part("refresh").click();
          isShown.run();
        });
  }

  private static FilePayload file(String name, String content) {
    return new FilePayload(name, "application/json", content.getBytes(UTF_8));
  }

  private static Locator.FilterOptions has(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }

  /** The first amount in a part, to its last digit. */
  private static BigDecimal amount(Locator part) {
    return new BigDecimal(part.locator(".money").first().getAttribute("data-amount"));
  }

  /** What SQL says of the day. */
  private static BigDecimal sum(String sql) throws SQLException {
    return TestingSystem.ledger().query(sql.formatted(DAY), row -> row.getBigDecimal(1)).getFirst();
  }
}
