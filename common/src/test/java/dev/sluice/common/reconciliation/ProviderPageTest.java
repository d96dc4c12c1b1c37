package dev.sluice.common.reconciliation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.message.ProviderFigures.Figure;
import dev.sluice.common.message.ProviderFigures.Report;
import java.math.BigDecimal;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProviderPageTest {
  private static final LocalDate DAY = LocalDate.of(2026, 11, 24);
  private static final long MIDNIGHT = 1_795_478_400;

  @Test
  void usage_is_read_by_day_and_model_whatever_else_it_is_told_apart_by() {
    var page =
        read(
            """
            {"object":"page","data":[
              {"object":"bucket","start_time":1795478400,"end_time":1795564800,"results":[
                {"object":"organization.usage.completions.result","input_tokens":1000,"output_tokens":500,
                 "input_cached_tokens":800,"num_model_requests":5,"model":"gpt-4o-2024-08-06","batch":false},
                {"object":"organization.usage.completions.result","input_tokens":1,"output_tokens":2,
                 "num_model_requests":1,"model":"gpt-4o-2024-08-06","batch":true},
                {"object":"organization.usage.completions.result","input_tokens":7,"output_tokens":0,
                 "input_cached_tokens":null,"num_model_requests":1,"model":"gpt-4o-mini","a_new_field":{}}]},
              {"object":"bucket","start_time":1795564800,"end_time":1795651200,"results":[]}],
             "has_more":true,"next_page":"page_2"}
            """);
    assertThat(page.report()).contains(Report.USAGE);
    assertThat(page.next()).contains("page_2");
    assertThat(page.days().keySet()).containsExactly(DAY, DAY.plusDays(1));
    assertThat(page.days().get(DAY))
        .containsExactly(
            Figure.usage("gpt-4o-2024-08-06", 6, 1_001, 800, 502),
            Figure.usage("gpt-4o-mini", 1, 7, 0, 0));
    assertThat(page.days().get(DAY.plusDays(1))).isEmpty();
  }

  @Test
  void money_is_summed_up_by_model_to_the_last_digit() {
    var page =
        read(
            costs(
                """
                {"object":"organization.costs.result","amount":{"value":0.1000000000000000055511151231257827,"currency":"usd"},"line_item":"gpt-4o, input"},
                {"object":"organization.costs.result","amount":{"value":"0.2","currency":"usd"},"line_item":"gpt-4o, cached input"},
                {"object":"organization.costs.result","amount":{"value":-1e-7,"currency":"usd"},"line_item":"web search tool calls"}
                """));
    assertThat(page.report()).contains(Report.COSTS);
    assertThat(page.days().get(DAY))
        .containsExactly(
            Figure.cost("gpt-4o", new BigDecimal("0.3000000000000000055511151231257827"), "USD"),
            Figure.cost("web search tool calls", new BigDecimal("-1E-7"), "USD"));
  }

  @Test
  void a_page_without_a_result_does_not_tell_what_it_is() {
    assertThat(read(bucket(MIDNIGHT, MIDNIGHT + 86_400, "")).report()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          This is not JSON | {"data":[
          it has no data | []
          it has no data | {"object":"list"}
          is not one whole day | {"data":[{"start_time":1795478400,"end_time":1795482000,"results":[]}]}
          is not one whole day | {"data":[{"start_time":1795478460,"end_time":1795564860,"results":[]}]}
          is not one whole day | {"data":[{"start_time":99999999999999999,"end_time":1,"results":[]}]}
          is not one whole day | {"data":[7]}
          has no results | {"data":[{"start_time":1795478400,"end_time":1795564800}]}
          is in the page twice | {"data":[{"start_time":1795478400,"end_time":1795564800,"results":[]},{"start_time":1795478400,"end_time":1795564800,"results":[]}]}
          """)
  void what_is_no_page_of_whole_days_is_refused_with_a_sentence(String sentence, String json) {
    refused(json, sentence);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          group_by[]=model | {"object":"organization.usage.completions.result","model":null}
          input_tokens of 2026-11-24 is no count | {"object":"organization.usage.completions.result","model":"m","input_tokens":-1}
          input_tokens of 2026-11-24 is no count | {"object":"organization.usage.completions.result","model":"m","input_tokens":1.5}
          output_tokens of 2026-11-24 is no count | {"object":"organization.usage.completions.result","model":"m","output_tokens":99999999999999999999}
          group_by[]=line_item | {"object":"organization.costs.result","amount":{"value":1,"currency":"usd"}}
          no sum of money | {"object":"organization.costs.result","amount":{"value":1e999999999,"currency":"usd"},"line_item":"m"}
          no sum of money | {"object":"organization.costs.result","amount":{"value":"much","currency":"usd"},"line_item":"m"}
          no currency | {"object":"organization.costs.result","amount":{"value":1},"line_item":"m"}
          neither | {"object":"organization.usage.images.result"}
          in one page | {"object":"organization.costs.result","amount":{"value":1,"currency":"usd"},"line_item":"m"},{"object":"organization.usage.completions.result","model":"m"}
          in two currencies | {"object":"organization.costs.result","amount":{"value":1,"currency":"usd"},"line_item":"m, input"},{"object":"organization.costs.result","amount":{"value":1,"currency":"eur"},"line_item":"m, output"}
          """)
  void what_cannot_be_compared_by_model_is_refused_with_a_sentence(String sentence, String result) {
    refused(costs(result), sentence);
  }

  private static void refused(String json, String sentence) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(MalformedPageException.class)
        .hasMessageContaining(sentence);
  }

  private static ProviderPage read(String json) {
    return ProviderPage.read(json.getBytes(UTF_8));
  }

  private static String costs(String results) {
    return bucket(MIDNIGHT, MIDNIGHT + 86_400, results);
  }

  private static String bucket(long start, long end, String results) {
    return "{\"object\":\"page\",\"data\":[{\"start_time\":%d,\"end_time\":%d,\"results\":[%s]}]}"
        .formatted(start, end, results);
  }
}
