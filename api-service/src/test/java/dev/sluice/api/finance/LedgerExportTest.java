package dev.sluice.api.finance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exports of a real ledger. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LedgerExportTest {
  private static final Period NOVEMBER = Period.of("2026-11-01", "2026-12-01");
  private static final int MANY = 60_000;
  private static final Period OF_MANY = Period.of("2025-01-01", "2025-02-01");

  private static final Function<PriceList, Layout> FOCUS =
      prices -> new FocusLayout(prices, "an account");
  private static final CSVFormat WITH_HEADER =
      CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();

  private TestingLedger ledger;
  private LedgerExport export;

  @BeforeAll
  void open() {
    ledger = TestingLedger.open();
    export = ledger.export(1);
    ledger.entry("resp_b", "2026-11-02T10:00:00.123456Z").tokens(1_000, 200, 33).add();
    ledger.entry("resp_a", "2026-11-02T10:00:00.123456Z").of("=cmd|' /C calc'!A0", "@team").add();
    ledger.entry("resp_a", "2026-11-02T10:00:00.123456Z").attempt(2).add();
    ledger.entry("resp_c", "2026-11-03T00:00:00Z").of("a \"name\", and\nmore", "ü").add();
    ledger.entry("resp_c", "2026-11-03T00:00:00Z").takingBack(0).add();
    ledger.entry("resp_c", "2026-11-03T00:00:00Z").instead(0).tokens(7, 0, 3).add();
    ledger.entry("resp_d", "2026-11-04T00:00:00Z").suspect("negative_count").add();
    ledger.entry("resp_e", "2026-11-04T00:00:00Z").attempt(0).add();
  }

  @AfterAll
  void close() {
    ledger.close();
  }

  @Test
  void every_row_of_the_ledger_is_a_line_in_a_stable_order() {
    var lines = records(usage(null));
    assertThat(lines)
        .extracting(line ->
            "%s/%s/%s".formatted(line.get("request_id"), line.get("attempt"), line.get("entry")))
        .containsExactly(
            "resp_a/1/0",
            "resp_a/2/0",
            "resp_b/1/0",
            "resp_c/1/0",
            "resp_c/1/1",
            "resp_c/1/2",
            "resp_d/1/0",
            "resp_e/0/0");
    assertThat(sum(lines, "cost")).isEqualByComparingTo(sql("sum(cost)"));
    assertThat(lines.get(3).get("user_id")).isEqualTo("a \"name\", and\nmore");
    assertThat(lines.get(2).get("opened_at")).isEqualTo("2026-11-02T10:00:00.123456Z");
    assertThat(usage(null)).endsWith("\r\n").doesNotContain("\uFEFF");
  }

  @Test
  void no_cell_is_a_formula() {
    var line = records(usage(null)).getFirst();
    assertThat(line.get("user_id")).isEqualTo("'=cmd|' /C calc'!A0");
    assertThat(line.get("team")).isEqualTo("'@team");
    // Numbers are numbers
    assertThat(records(usage(null)).get(4).get("cost")).isEqualTo("-0.0035000000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"usage", "focus"})
  void an_export_that_is_taken_up_behind_any_line_is_the_same_bytes(String name) {
    Function<@Nullable Cursor, String> write = name.equals("usage") ? this::usage : this::focus;
    var whole = write.apply(null);
    var lines = records(whole);
    assertThat(lines).hasSizeGreaterThan(7);
    var column = name.equals("usage") ? "cursor" : "x_Cursor";
    for (var line : lines) {
      var rest = write.apply(Cursor.parse(line.get(column)));
      assertThat(whole).endsWith(rest);
      assertThat(whole.substring(0, whole.length() - rest.length()))
          .endsWith(line.get(column) + "\r\n");
    }
  }

  @Test
  void focus_has_the_columns_of_the_specification_and_every_mandatory_one() throws IOException {
    var specified = focusColumns();
    var header = CSVFormat.RFC4180.parse(new StringReader(focus(null))).iterator().next().toList();
    var ours = header.stream().filter(name -> name.startsWith("x_")).toList();
    var theirs = header.stream().filter(name -> !name.startsWith("x_")).toList();
    assertThat(specified.stream().map(column -> column.get("column_id")).toList())
        .containsAll(theirs);
    assertThat(theirs)
        .isSorted()
        .doesNotHaveDuplicates()
        .contains("ConsumedQuantity", "ConsumedUnit")
        .containsAll(
            specified.stream()
                .filter(column -> column.get("feature_level").equals("Mandatory"))
                .map(column -> column.get("column_id"))
                .toList());
    assertThat(header.subList(theirs.size(), header.size())).isEqualTo(ours);
    for (var column : specified)
      if (theirs.contains(column.get("column_id")) && column.get("allows_nulls").equals("False"))
        assertThat(records(focus(null)))
            .as(column.get("column_id"))
            .noneMatch(line -> line.get(column.get("column_id")).isEmpty());
  }

  @Test
  void focus_has_a_line_for_each_meter_and_the_lines_add_up() {
    var lines = records(focus(null));
    assertThat(lines)
        .filteredOn(line -> line.get("x_RequestId").equals("resp_b"))
        .extracting(line ->
            "%s %s %s %s"
                .formatted(
                    line.get("SkuMeter"),
                    line.get("PricingQuantity"),
                    line.get("PricingUnit"),
                    line.get("BilledCost")))
        .containsExactly(
            "Input Tokens 800 Tokens 0.0020000000",
            "Cached Input Tokens 200 Tokens 0.0002500000",
            "Output Tokens 33 Tokens 0.0003300000");
    assertThat(sum(lines, "BilledCost")).isEqualByComparingTo(sql("sum(cost)"));
    assertThat(lines)
        .filteredOn(line -> line.get("x_RequestId").equals("resp_d"))
        .allSatisfy(line -> {
          assertThat(line.get("x_Unpriced")).isEqualTo("true");
          assertThat(line.get("BilledCost")).isEqualTo("0");
        });
    assertThat(lines.getFirst().get("ChargePeriodStart")).isEqualTo("2026-11-02T10:00:00Z");
    assertThat(lines.getFirst().get("ChargePeriodEnd")).isEqualTo("2026-11-02T10:00:02Z");
    assertThat(lines.getFirst().get("BillingPeriodEnd")).isEqualTo("2026-12-01T00:00:00Z");
    assertThat(lines).noneMatch(line -> line.get("ChargeClass").equals("Correction"));
  }

  @Test
  void an_export_of_many_rows_is_sent_while_they_are_read() {
    ledger
        .owner()
        .sql(
            """
            insert into usage_entry select 'resp_' || i, attempt, entry, kind, reverses,
                correction_reason, user_id, team, project, tags, model, service_tier, priority,
                source, of_request_id, input_tokens, cached_input_tokens, cache_write_tokens,
                output_tokens, reasoning_tokens, input_audio_tokens, output_audio_tokens,
                saved_input_tokens, saved_cached_input_tokens, saved_output_tokens, cost, saved,
                currency, rate_card_id, estimated, suspect, outcome, error_code,
                timestamptz '2025-01-01Z' + i * interval '1 second', settled_at, written_at
            from usage_entry, generate_series(1, %d) i
            where request_id = 'resp_b'
            """
                .formatted(MANY))
        .update();
    var out = new MeasuringStream();
    out.measure();
    export.write(OF_MANY, null, FOCUS, "x_Cursor", () -> out);
    assertThat(out.written).isGreaterThan(MANY * 3 * 300L);
    // Their values alone would be several times that
    assertThat(out.held).isLessThan(12_000_000L);
  }

  /** How much memory is held in the middle of an export, beyond what was before. */
  private static final class MeasuringStream extends OutputStream {
    private static final long MIDDLE = MANY * 3 * 150L;
    private long before;
    private long written;
    private long held;

    @Override
    public void write(int octet) {
      written++;
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
      written += count;
      if (held == 0 && written > MIDDLE) held = Math.max(1, used() - before);
    }

    void measure() {
      before = used();
    }

    private static long used() {
      System.gc();
      return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
  }

  @Test
  void as_many_run_at_once_as_may() {
    assertThatThrownBy(() ->
            export.write(
                NOVEMBER,
                null,
                _ -> new UsageLayout(),
                "cursor",
                () -> {
                  usage(null);
                  return OutputStream.nullOutputStream();
                }))
        .hasMessageContaining("As many exports run here as may");
    assertThat(usage(null)).isNotEmpty();
  }

  private String usage(@Nullable Cursor after) {
    return written(after, _ -> new UsageLayout(), "cursor");
  }

  private String focus(@Nullable Cursor after) {
    return written(after, FOCUS, "x_Cursor");
  }

  private String written(
      @Nullable Cursor after, Function<PriceList, Layout> layout, String cursorColumn) {
    var out = new ByteArrayOutputStream();
    export.write(NOVEMBER, after, layout, cursorColumn, () -> out);
    return out.toString(UTF_8);
  }

  private static List<CSVRecord> records(String csv) {
    try {
      return WITH_HEADER.parse(new StringReader(csv)).getRecords();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static List<CSVRecord> focusColumns() throws IOException {
    try (var list =
        Objects.requireNonNull(
            LedgerExportTest.class.getResourceAsStream("/focus/columns-1.2.csv"))) {
      return records(new String(list.readAllBytes(), UTF_8));
    }
  }

  private static BigDecimal sum(List<CSVRecord> lines, String column) {
    return lines.stream()
        .map(line -> line.get(column))
        .filter(text -> !text.isEmpty())
        .map(BigDecimal::new)
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private BigDecimal sql(String figure) {
    return ledger
        .owner()
        .sql(
            "select %s from usage_entry where opened_at >= '2026-11-01Z' and opened_at < '2026-12-01Z'"
                .formatted(figure))
        .query(BigDecimal.class)
        .single();
  }
}
