package dev.sluice.simulator;

import static dev.sluice.simulator.TestingClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.admin.organization.usage.UsageCompletionsParams;
import com.openai.models.admin.organization.usage.UsageCostsParams;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The invoice: what the audit has, by day and model, in the provider's own shapes. */
class OrganizationApiTest {
  private static final Instant MONDAY = Instant.parse("2026-11-23T00:00:00Z");
  private static final String USAGE = "/v1/organization/usage/completions";
  private static final String COSTS = "/v1/organization/costs";

  private final AtomicReference<Instant> now = new AtomicReference<>(MONDAY);
  private final OpenAiSimulator simulator =
      OpenAiSimulator.start(
          SimulatorOptions.defaults().withLatency(0, 0, 0).withTime(now::get, System::nanoTime));
  private final TestingClient client = new TestingClient(simulator);
  private final OpenAIClient admin =
      OpenAIOkHttpClient.builder()
          .adminApiKey("sk-admin-test")
          .baseUrl(simulator.apiUrl())
          .maxRetries(0)
          .build();

  @BeforeEach
  void use() {
    at("2026-11-23T23:59:59Z");
    client.responses(asking("gpt-4o-mini-2024-07-18", "[[tokens=20]] [[cached=3]]")); // 3 + 4 + 3
    client.responses(asking("gpt-4o-mini-2024-07-18", "[[tokens=20]]"));
    at("2026-11-24T00:00:00Z");
    client.responses(asking("gpt-4o", "[[tokens=10]]"));
    client.responses("{}"); // refused, and free
    simulator.setFaults("{\"faults\":[{\"kind\":\"server_error\"}]}");
    client.responses(asking("gpt-4o", "[[tokens=10]]")); // failed, and free
    at("2026-11-25T12:00:00Z");
  }

  @AfterEach
  void stop() {
    admin.close();
    client.close();
    simulator.close();
  }

  @Test
  void the_official_client_reads_usage_by_day_and_model_page_by_page() {
    var usage = admin.admin().organization().usage();
    var first =
        UsageCompletionsParams.builder()
            .startTime(MONDAY.getEpochSecond())
            .bucketWidth(UsageCompletionsParams.BucketWidth._1D)
            .addGroupBy(UsageCompletionsParams.GroupBy.MODEL)
            .limit(1)
            .build();
    var monday = usage.completions(first).validate();
    var tuesday =
        usage
            .completions(first.toBuilder().page(monday.nextPage().orElseThrow()).build())
            .validate();
    var bucket = monday.data().getFirst();
    assertThat(monday.hasMore()).isTrue();
    assertThat(bucket.startTime()).isEqualTo(MONDAY.getEpochSecond());
    assertThat(bucket.endTime()).isEqualTo(MONDAY.getEpochSecond() + 86_400);
    var result = bucket.results().getFirst().asOrganizationUsageCompletions();
    assertThat(bucket.results()).hasSize(1);
    assertThat(result.model()).contains("gpt-4o-mini-2024-07-18");
    assertThat(result.numModelRequests()).isEqualTo(2);
    assertThat(result.outputTokens()).isEqualTo(40);
    assertThat(result.inputCachedTokens()).contains(3L);
    assertThat(result.inputTokens()).isEqualTo(audited("input_tokens", "gpt-4o-mini-2024-07-18"));
    assertThat(
            tuesday.data().getFirst().results().getFirst().asOrganizationUsageCompletions().model())
        .contains("gpt-4o");
    var wednesday =
        usage
            .completions(first.toBuilder().page(tuesday.nextPage().orElseThrow()).build())
            .validate();
    assertThat(wednesday.data().getFirst().results()).isEmpty();
    assertThat(wednesday.hasMore()).isFalse();
  }

  @Test
  void the_official_client_reads_costs_by_line_item() {
    var costs =
        admin
            .admin()
            .organization()
            .usage()
            .costs(
                UsageCostsParams.builder()
                    .startTime(MONDAY.getEpochSecond())
                    .endTime(MONDAY.plus(Duration.ofDays(1)).getEpochSecond())
                    .addGroupBy(UsageCostsParams.GroupBy.LINE_ITEM)
                    .build())
            .validate();
    var lines = new HashMap<String, Double>();
    for (var result : costs.data().getFirst().results()) {
      var line = result.asOrganizationCosts();
      lines.put(line.lineItem().orElseThrow(), line.amount().orElseThrow().value().orElseThrow());
    }
    var input = audited("input_tokens", "gpt-4o-mini-2024-07-18") - 3;
    assertThat(costs.data()).hasSize(1);
    assertThat(lines)
        .containsOnlyKeys(
            "gpt-4o-mini-2024-07-18, input",
            "gpt-4o-mini-2024-07-18, cached input",
            "gpt-4o-mini-2024-07-18, output")
        .containsEntry("gpt-4o-mini-2024-07-18, output", 40 * 0.60 / 1e6)
        .containsEntry("gpt-4o-mini-2024-07-18, cached input", 3 * 0.075 / 1e6);
    assertThat(lines.get("gpt-4o-mini-2024-07-18, input"))
        .isCloseTo(input * 0.15 / 1e6, org.assertj.core.data.Offset.offset(1e-12));
  }

  @Test
  void a_minute_may_be_asked_for_and_all_models_be_one() {
    var page =
        json(
            client.get(
                USAGE
                    + "?start_time=%d&end_time=%d&bucket_width=1m&limit=1440"
                        .formatted(
                            MONDAY.getEpochSecond() + 86_340, MONDAY.getEpochSecond() + 86_460),
                "Authorization",
                "Bearer sk-admin-test"));
    assertThat(page.path("data").size()).isEqualTo(2);
    assertThat(page.at("/data/0/results/0/num_model_requests").asInt()).isEqualTo(2);
    assertThat(page.at("/data/1/results/0/num_model_requests").asInt()).isEqualTo(1);
    assertThat(page.at("/data/1/results/0/model").isNull()).isTrue();
    assertThat(page.at("/next_page").isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "401, '',             ?start_time=1",
    "401, sk-wrong,       ?start_time=1",
    "403, sk-test,        ?start_time=1",
    "400, sk-admin-test,  ''",
    "400, sk-admin-test,  ?start_time=yesterday",
    "400, sk-admin-test,  ?start_time=1&limit=0",
    "400, sk-admin-test,  ?start_time=1&limit=1000",
    "400, sk-admin-test,  ?start_time=1&bucket_width=2d",
    "400, sk-admin-test,  ?start_time=1&group_by[]=colour",
    "400, sk-admin-test,  ?start_time=1&page=mine"
  })
  void a_wrong_key_or_question_is_refused(int status, String key, String query) {
    for (var path : new String[] {USAGE, COSTS}) {
      assertThat(get(path + query.replace("[", "%5B").replace("]", "%5D"), key).statusCode())
          .isEqualTo(status);
    }
  }

  private HttpResponse<String> get(String path, String key) {
    return key.isEmpty() ? client.get(path) : client.get(path, "Authorization", "Bearer " + key);
  }

  private long audited(String field, String model) {
    return client.audit().stream()
        .filter(line -> line.path("model").asString("").equals(model))
        .mapToLong(line -> line.path(field).asLong())
        .sum();
  }

  private void at(String instant) {
    now.set(Instant.parse(instant));
  }

  private static String asking(String model, String input) {
    return "{\"model\":\"%s\",\"input\":\"%s\"}".formatted(model, input);
  }
}
