package dev.sluice.worker.ledger;

import static dev.sluice.worker.ledger.LedgerEvents.MODEL;
import static dev.sluice.worker.ledger.LedgerEvents.reused;
import static dev.sluice.worker.ledger.LedgerEvents.settled;
import static dev.sluice.worker.ledger.LedgerEvents.usage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sluice.common.message.AnswerReused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Every query of docs/finance.md runs, and those with something to find find it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FinancePageTest {
  private static final Pattern QUERY =
      Pattern.compile("(?m)^([^\\n`|#][^\\n]*)\\n\\n```sql\\n(.*?)```", Pattern.DOTALL);

  /** These ask for what is wrong, or for what this ledger has none of. */
  private static final List<String> MAY_BE_EMPTY =
      List.of("What was corrected after a month was closed?");

  private TestingLedger ledger;

  @BeforeAll
  void open() {
    ledger = TestingLedger.open();
    var now = Instant.now();
    ledger.write(
        settled("resp_1", 1, usage(10, 20), MODEL, now),
        settled("resp_2", 1, usage(10, 20), "gpt-future", now),
        LedgerEvents.failed("resp_3", now),
        LedgerEvents.opened("resp_4", 1),
        reused("resp_5", AnswerReused.Source.CACHE, usage(10, 20), now));
    ledger
        .owner()
        .sql(
            """
            insert into provider_import (import_id, day, report, source, imported_by, told_at)
            values ('import-1', current_date, 'usage', 'file', 'finance', now());
            insert into provider_figure
            values ('import-1', 'gpt-4o-mini-2024-07-18', 1, 1000, 0, 2000, null, null)
            """)
        .update();
  }

  @AfterAll
  void close() {
    ledger.close();
  }

  @TestFactory
  Stream<DynamicTest> every_question_has_a_query_that_answers_it() throws IOException {
    var questions = between("## Questions", "## Change a price");
    var queries = QUERY.matcher(questions).results().toList();
    assertThat(queries).hasSizeGreaterThanOrEqualTo(10);
    return queries.stream()
        .map(found ->
            dynamicTest(
                found.group(1),
                () -> {
                  try (var finance = ledger.finance()) {
                    var rows = JdbcClient.create(finance).sql(found.group(2)).query().listOfRows();
                    if (!MAY_BE_EMPTY.contains(found.group(1))) assertThat(rows).isNotEmpty();
                  }
                }));
  }

  @Test
  void a_price_is_changed_as_the_page_says() throws IOException {
    var section = between("## Change a price", "## Roles");
    var script = section.substring(section.indexOf("```sql") + 6, section.lastIndexOf("```"));
    ledger.owner().sql(script).update();
    assertThat(
            ledger.query(
                "select version from rate_card where model = 'gpt-4o' and service_tier = 'default' order by version"))
        .hasSize(2);
  }

  private static String between(String from, String to) throws IOException {
    var page = Files.readString(Path.of("..", "docs", "finance.md"));
    return page.substring(page.indexOf(from), page.indexOf(to));
  }
}
