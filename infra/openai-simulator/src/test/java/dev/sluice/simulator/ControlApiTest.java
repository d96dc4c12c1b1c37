package dev.sluice.simulator;

import static dev.sluice.simulator.TestingClient.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ControlApiTest {
  private final OpenAiSimulator simulator = OpenAiSimulator.start(SimulatorOptions.defaults());
  private final TestingClient client = new TestingClient(simulator);

  @AfterEach
  void stop() {
    client.close();
    simulator.close();
  }

  @Test
  void health_needs_no_key() {
    assertThat(client.get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void the_defaults_are_tier_1_by_bucket_and_a_quick_model() {
    assertThat(client.get("/simulator/limits").body())
        .isEqualTo(
            "{\"limiter\":\"bucket\",\"time_compression\":1,\"refund\":false,\"count_unsuccessful\":true,"
                + "\"gpt-3.5-turbo\":{\"rpm\":3500,\"tpm\":200000,\"rpd\":10000},"
                + "\"gpt-4o\":{\"rpm\":500,\"tpm\":30000,\"rpd\":null},"
                + "\"gpt-4o-mini\":{\"rpm\":500,\"tpm\":200000,\"rpd\":10000}}");
    assertThat(client.get("/simulator/latency").body())
        .isEqualTo("{\"first_token_ms\":150,\"between_tokens_ms\":15,\"jitter_ms\":0}");
    assertThat(client.get("/simulator/faults").body()).isEqualTo("{\"faults\":[]}");
  }

  @Test
  void what_is_not_named_stays_as_it_was() {
    var limits = json(client.put("/simulator/limits", "{\"gpt-4o-mini\":{\"rpm\":7}}"));
    var latency = json(client.put("/simulator/latency", "{\"jitter_ms\":3}"));

    assertThat(limits.at("/gpt-4o-mini/rpm").asInt()).isEqualTo(7);
    assertThat(limits.at("/gpt-4o-mini/tpm").asInt()).isEqualTo(200_000);
    assertThat(latency.path("first_token_ms").asInt()).isEqualTo(150);
  }

  @Test
  void a_setting_that_makes_no_sense_is_refused_and_changes_nothing() {
    for (var wrong :
        new String[] {
          "[]",
          "{\"limiter\":\"leaky\"}",
          "{\"limitr\":\"window\"}",
          "{\"gpt-4o\":{\"tps\":1}}",
          "{\"tier\":\"x\"}"
        }) {
      assertThat(client.put("/simulator/limits", wrong).statusCode()).as(wrong).isEqualTo(400);
    }
    assertThat(client.put("/simulator/latency", "{\"first\":1}").statusCode()).isEqualTo(400);
    assertThat(json(client.get("/simulator/limits")).path("limiter").asString())
        .isEqualTo("bucket");
  }

  @Test
  void tokens_come_no_sooner_than_the_latency_says() {
    client.put(
        "/simulator/latency", "{\"first_token_ms\":30,\"between_tokens_ms\":2,\"jitter_ms\":1}");
    for (var stream : new boolean[] {true, false}) {
      var start = System.nanoTime();

      client.responses(
          "{\"model\":\"gpt-4o\",\"input\":\"[[tokens=11]]\",\"stream\":" + stream + "}");

      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(50_000_000);
    }
  }

  @Test
  @Timeout(30)
  void a_stream_under_way_goes_on_at_the_speed_that_is_set_meanwhile() throws Exception {
    client.put("/simulator/latency", "{\"first_token_ms\":0,\"between_tokens_ms\":100}");
    var slow = "{\"model\":\"gpt-4o\",\"stream\":true,\"input\":\"[[tokens=2000]]\"}";
    try (var stream = client.open(slow)) {
      stream.readNBytes(2_000); // a token or two
      client.put("/simulator/latency", "{\"between_tokens_ms\":0}");
      assertThat(new String(stream.readAllBytes(), UTF_8)).contains("response.completed");
    }
  }
}
