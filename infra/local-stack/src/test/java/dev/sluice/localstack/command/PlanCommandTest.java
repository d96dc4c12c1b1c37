package dev.sluice.localstack.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.localstack.process.StackException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class PlanCommandTest {

  @Test
  void a_day_that_does_not_last_is_told_with_what_holds_before_and_after() {
    assertThat(plan("--model gpt-4o-mini --tier tier-1 --rate 5"))
        .isEqualTo(
            """
            gpt-4o-mini in tier-1: 5 requests/s, each charged 500 tokens and answered in 4 s
            Charged is the larger of the input (500) and max_output_tokens (not set).

            limit  granted              workers can start  load
            RPM    500 a minute         8.29 requests/s    60.3 %
            TPM    200,000 a minute     6.63 requests/s    75.4 %
            RPD    10,000 a day         0.115 requests/s   4,342 %
            Workers use 99.5 % of each limit.

            Binds        nothing; TPM is nearest, with room for 1.63 requests/s more
                         after 34 min: RPD, a full day's requests are used up; what comes back carries 2.3 % of what is asked
            Throughput   5 requests/s (300 a minute)
                         after 34 min: 0.115 requests/s (6.91 a minute)
            Waiting      up to 231 ms on average
                         after 34 min: grows by 42 min every minute, and the backlog by 293 requests
            Concurrency  34 for the whole fleet: 20 calls at once on average (5/s x 4 s), and head-room
            Helps        tier-2 carries it: there TPM carries 66.3 requests/s\
            """);
  }

  @Test
  void where_there_is_room_nothing_needs_help() {
    assertThat(plan("--model gpt-4o --tier=tier-2 --rate=2.5 --latency=800ms"))
        .contains("Binds        nothing; TPM is nearest, with room for 12.4 requests/s more")
        .contains("Concurrency  7 for the whole fleet: 2 calls at once on average (2.5/s x 800 ms)")
        .doesNotContain("Helps");
  }

  @Test
  void a_charge_that_max_output_tokens_makes_is_named() {
    assertThat(plan("--model gpt-4o --tier tier-1 --rate 1 --max-output 4000"))
        .contains("each charged 4,000 tokens")
        .contains("Binds        TPM carries 12.4 % of what is asked")
        .contains(
            "a lower max_output_tokens: 4,000 are charged, answers take 300; at 500 TPM carries"
                + " 0.995 requests/s");
  }

  @Test
  void each_limit_that_binds_is_helped() {
    assertThat(plan("--model gpt-4o-mini --tier tier-1 --rate 2 --max-output 4000"))
        .contains("Binds        TPM carries 41.5 % of what is asked")
        .contains("a lower max_output_tokens: 4,000 are charged, answers take 300; at 500 TPM")
        .contains("after 3.87 h: RPD, a full day's requests are used up")
        .contains("tier-2 carries it");
  }

  @Test
  void an_answer_that_would_be_cut_off_is_told() {
    assertThat(plan("--model gpt-4o --tier tier-2 --output 300 --max-output 100"))
        .contains("a higher max_output_tokens: answers of 300 tokens are cut off at 100");
  }

  @Test
  void a_long_input_is_named() {
    assertThat(plan("--model gpt-4o --tier tier-1 --rate 1 --input 3000"))
        .contains("a shorter input: at 497 tokens TPM just carries 1 request/s");
  }

  @Test
  void what_only_counts_requests_is_helped_by_fewer() {
    assertThat(plan("--model gpt-4o-mini --tier tier-5 --rate 600"))
        .contains("fewer, larger requests: RPM counts them whatever their size")
        .contains("no tier carries it: in tier-5 RPM carries 498 requests/s");
  }

  @Test
  void what_never_fits_is_told_with_the_tier_that_carries_it() {
    assertThat(plan("--model gpt-4o --tier tier-1 --rate 0.1 --max-output 40000"))
        .contains("Binds        TPM: a request of more than 30,000 tokens never fits")
        .contains("a max_output_tokens of at most 30,000 tokens")
        .contains("tier-2 carries it: there TPM carries 0.187 requests/s");
  }

  @Test
  void nobody_asks() {
    assertThat(plan("--model gpt-4o --tier tier-1 --rate 0"))
        .contains("Throughput   0 requests/s (0 a minute)")
        .contains("Waiting      up to 0 ms on average");
  }

  @Test
  void tools_read_the_same_figures() {
    var json =
        JsonMapper.shared().readTree(plan("--model gpt-4o-mini --tier tier-1 --rate 5 --json"));

    assertThat(json.path("limiting_factor").asString()).isEqualTo("RPD");
    assertThat(json.path("demand").path("charged_tokens").asLong()).isEqualTo(500);
    assertThat(json.path("demand").path("max_output_tokens").isNull()).isTrue();
    assertThat(json.path("limits")).hasSize(3);
    assertThat(json.path("limits").path(1).path("requests_per_s").asDouble()).isEqualTo(6.63333);
    var atFirst = json.path("phases").path(0);
    assertThat(atFirst.path("limiting_factor").asString()).isEqualTo("TPM");
    assertThat(atFirst.path("throughput_per_s").asDouble()).isEqualTo(5);
    assertThat(atFirst.path("mean_wait_ms").asLong()).isEqualTo(231);
    assertThat(atFirst.path("concurrency").asLong()).isEqualTo(34);
    var later = json.path("phases").path(1);
    assertThat(later.path("from_s").asDouble()).isEqualTo(2_036.915);
    assertThat(later.path("saturated").asBoolean()).isTrue();
    assertThat(later.path("mean_wait_ms").isNull()).isTrue();
    assertThat(later.path("backlog_per_min").asDouble()).isEqualTo(293.09);
  }

  @Test
  void tools_see_that_a_request_never_fits() {
    var json =
        JsonMapper.shared()
            .readTree(plan("--model gpt-4o --tier tier-1 --max-output 40000 --json"));

    assertThat(json.path("fits").asBoolean()).isFalse();
    assertThat(json.path("limiting_factor").asString()).isEqualTo("TPM");
    assertThat(json.has("phases")).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --rate 5                       | say which --model: one of gpt-3.5-turbo, gpt-3.5-turbo-0125, gpt-3.5-turbo-1106, gpt-4o, gpt-4o-2024-05-13, gpt-4o-2024-08-06, gpt-4o-2024-11-20, gpt-4o-mini, gpt-4o-mini-2024-07-18
          --model gpt-9                  | there is no pool for the model gpt-9: choose one of gpt-3.5-turbo, gpt-3.5-turbo-0125, gpt-3.5-turbo-1106, gpt-4o, gpt-4o-2024-05-13, gpt-4o-2024-08-06, gpt-4o-2024-11-20, gpt-4o-mini, gpt-4o-mini-2024-07-18
          --model gpt-4o --tier gold     | there is no tier gold for gpt-4o: choose one of tier-1, tier-2, tier-3, tier-4, tier-5
          --model gpt-4o --tier free     | there is no tier free for gpt-4o: choose one of tier-1, tier-2, tier-3, tier-4, tier-5
          --model gpt-4o --rate -1       | --rate takes a number from 0 to 1000000, such as 0.5 or 20, not -1
          --model gpt-4o --rate NaN      | --rate takes a number from 0 to 1000000, such as 0.5 or 20, not NaN
          --model gpt-4o --rate 2000000  | --rate takes a number from 0 to 1000000, such as 0.5 or 20, not 2000000
          --model gpt-4o --latency 4     | --latency takes a time up to 60m, such as 800ms, 4s or 1.5s, not 4
          --model gpt-4o --latency 2h    | --latency takes a time up to 60m, such as 800ms, 4s or 1.5s, not 2h
          --model gpt-4o --max-output 0  | --max-output takes a number from 1 to 10000000, not 0
          --model gpt-4o --input many    | --input takes a number from 0 to 10000000, not many
          --model gpt-4o --rate          | --rate needs a value
          --model gpt-4o --rates 5       | what is --rates? ./sluice help
          """)
  void a_mistake_is_told_with_what_is_allowed(String words, String sentence) {
    assertThatThrownBy(() -> plan(words)).isInstanceOf(StackException.class).hasMessage(sentence);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--model gpt-4o-mini --tier tier-1 --rate 5",
        "--model gpt-4o --tier tier-1 --rate 1 --max-output 4000"
      })
  void the_operators_page_shows_what_is_printed(String words) throws IOException {
    assertThat(Files.readString(Path.of("../../docs/operating.md")))
        .contains("$ ./sluice plan %s\n%s\n```".formatted(words, plan(words)));
  }

  private static String plan(String words) {
    return new PlanCommand().answer(new Arguments(List.of(words.split(" "))));
  }
}
