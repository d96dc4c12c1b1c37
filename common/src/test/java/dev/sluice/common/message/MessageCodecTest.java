package dev.sluice.common.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.spend.SpendPeriod;
import dev.sluice.common.spend.SpendScope;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessageCodecTest {
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00.123456Z");

  private final MessageCodec codec = new MessageCodec();

  static Stream<Message> every_kind_survives_a_round_trip() {
    var usage = new TokenUsage(10, 4, 0, 20, 5, false);
    return Stream.of(
        aRequest("{\"a\":1.50}"),
        new CancelRequest("resp_1", NOON, Map.of()),
        new AttemptResolved("resp_1", 1, usage, "somebody", NOON, Map.of()),
        new RateCardAdded(
            "m",
            "default",
            NOON,
            null,
            "USD",
            new RateCardAdded.Prices(
                new BigDecimal("12345678.1234567891"),
                BigDecimal.ONE,
                BigDecimal.ONE,
                new BigDecimal("2.50")),
            new RateCardAdded.LongContext(
                200_000,
                new RateCardAdded.Prices(
                    BigDecimal.ONE, BigDecimal.ONE, BigDecimal.ONE, BigDecimal.TWO)),
            "a contract",
            LocalDate.EPOCH,
            "somebody",
            NOON,
            Map.of()),
        new AttemptOpened(
            "resp_1",
            1,
            "u",
            "t",
            Map.of("k", "v"),
            "m",
            10,
            NOON,
            Priority.INTERACTIVE,
            NOON.plusSeconds(9),
            Map.of()),
        new AttemptSettled(
            "resp_1",
            1,
            "u",
            "t",
            Map.of(),
            "m",
            "default",
            usage,
            "failed",
            "server_error",
            NOON,
            NOON.plusSeconds(1),
            Priority.BACKGROUND,
            70L,
            Map.of()),
        new AnswerReused(
            "resp_2",
            "u",
            "t",
            Map.of("project", "p"),
            "m",
            Priority.INTERACTIVE,
            AnswerReused.Source.COALESCED,
            "resp_1",
            new TokenUsage(10, 4, 0, 20, 5, false, 3, 2),
            NOON,
            Map.of()),
        new SpendCapSet(
            SpendScope.PROJECT,
            "p",
            SpendPeriod.MONTH,
            new BigDecimal("80.00"),
            new BigDecimal("99999999.0123456789"),
            "finance",
            NOON,
            Map.of()),
        new SpendCapSet(
            SpendScope.USER, "u", SpendPeriod.DAY, null, null, "finance", NOON, Map.of()),
        new ProviderFigures(
            "import-1",
            LocalDate.of(2026, 1, 1),
            ProviderFigures.Report.COSTS,
            List.of(
                ProviderFigures.Figure.cost(
                    "m", new BigDecimal("0.1000000000000000055511151231257827"), "USD")),
            ProviderFigures.Source.FILE,
            "finance",
            NOON,
            Map.of()),
        new ProviderDayWanted(LocalDate.of(2026, 1, 1), "finance", NOON, Map.of()),
        new DeadLetter(
            "lane", 3, 42, "truncated", "AAEC", NOON, null, null, null, 0, List.of(), Map.of()),
        new DeadLetter(
            "lane",
            3,
            42,
            "failed",
            "AAEC",
            NOON,
            "resp_1",
            "u",
            "m",
            6,
            List.of(new DeadLetter.FailedAttempt(6, "server_error", NOON)),
            Map.of()),
        new DeadLetterDecided(
            7, DeadLetterDecided.Decision.DISCARDED, "ops", NOON, "old", Map.of()),
        new ConcurrencySet(200, "ops", NOON, Map.of()),
        new WorkerConcurrencySet("worker-1", null, "ops", NOON, Map.of()),
        new LanePaused(new Lane("p", Priority.BACKGROUND), true, "ops", NOON, Map.of()),
        new WorkerDrain("worker-1", true, "ops", NOON, Map.of()));
  }

  @ParameterizedTest
  @MethodSource
  void every_kind_survives_a_round_trip(Message message) {
    assertThat(codec.decode(codec.encode(message), Message.class)).isEqualTo(message);
  }

  @Test
  void money_has_no_exponent() {
    var cap =
        new SpendCapSet(
            SpendScope.TEAM,
            "t",
            SpendPeriod.DAY,
            new BigDecimal("0E-10"),
            new BigDecimal("1E-10"),
            "somebody",
            NOON,
            Map.of());
    assertThat(new String(codec.encode(cap), UTF_8))
        .contains("\"soft\":\"0.0000000000\",\"hard\":\"0.0000000001\"");
  }

  @Test
  void a_settlement_of_an_older_build_is_read_though_it_knows_no_audio_and_no_priority() {
    var old =
        """
        {"version":1,"kind":"attempt_settled","requestId":"resp_1","attempt":1,"userId":"u",
         "team":"t","tags":{},"model":"m","serviceTier":"default",
         "usage":{"input":10,"cachedInput":4,"cacheWrite":0,"output":20,"reasoning":5,
                  "estimated":false},
         "outcome":"completed","errorCode":null,"openedAt":"2026-01-02T12:00:00Z",
         "settledAt":"2026-01-02T12:00:01Z"}
        """;
    var settled = codec.decode(old.getBytes(UTF_8), AttemptSettled.class);
    assertThat(settled.usage()).isEqualTo(new TokenUsage(10, 4, 0, 20, 5, false, 0, 0));
    assertThat(settled.priority()).isNull();
  }

  @Test
  void a_reused_answer_tells_its_source_as_sql_does() {
    var reused = every_kind_survives_a_round_trip().filter(AnswerReused.class::isInstance);
    assertThat(new String(codec.encode(reused.findFirst().orElseThrow()), UTF_8))
        .contains("\"kind\":\"answer_reused\"", "\"source\":\"coalesced\"")
        .doesNotContain("attempt\"");
  }

  @Test
  void the_body_keeps_every_character() {
    var body = "{\"n\":1.000,\"big\":123456789012345678901234567890,\"s\":\"\\u00e9é \\\"\"}";
    var decoded = codec.decode(codec.encode(aRequest(body)), RequestEnvelope.class);
    assertThat(decoded.body()).isEqualTo(body);
  }

  @Test
  void a_field_of_a_newer_build_survives_an_older_one() {
    var json = new String(codec.encode(aRequest("{}")), UTF_8);
    var newer = json.replaceFirst("\\{", "{\"from_the_future\":{\"x\":[1,2]},");
    var passedOn = codec.encode(codec.decode(newer.getBytes(UTF_8), Message.class));
    assertThat(new String(passedOn, UTF_8)).contains("\"from_the_future\":{\"x\":[1,2]}");
  }

  @Test
  void another_version_is_refused() {
    var json = new String(codec.encode(aRequest("{}")), UTF_8);
    var newer = json.replace("\"version\":1", "\"version\":2");
    assertThatThrownBy(() -> codec.decode(newer.getBytes(UTF_8), Message.class))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("version 2, this build reads version 1");
  }

  @Test
  void another_kind_than_expected_is_refused() {
    var cancel = codec.encode(new CancelRequest("resp_1", NOON, Map.of()));
    assertThatThrownBy(() -> codec.decode(cancel, RequestEnvelope.class))
        .isInstanceOf(MalformedMessageException.class);
  }

  @ParameterizedTest
  @MethodSource("brokenRecords")
  void a_broken_record_is_refused_with_a_reason(String record) {
    assertThatThrownBy(() -> codec.decode(record.getBytes(UTF_8), Message.class))
        .isInstanceOf(MalformedMessageException.class)
        .message()
        .isNotBlank();
  }

  static Stream<String> brokenRecords() {
    return Stream.of(
        "",
        "nonsense",
        "[]",
        "{}",
        "{\"version\":1}",
        "{\"version\":1,\"kind\":\"nobody\"}",
        "{\"version\":\"1\",\"kind\":\"cancel\"}",
        "{\"version\":1,\"kind\":\"request\",\"inputTokens\":\"many\"}",
        "{\"version\":1,\"kind\":\"request\",\"id\":\"resp",
        "{\"version\":1,\"kind\":\"answer_reused\",\"source\":\"guessed\"}");
  }

  @Test
  void a_kind_of_message_with_a_field_that_is_the_codecs_own_is_refused() {
    record Versioned(String requestId, int version) {}
    record Kinded(String kind) {}
    assertThatThrownBy(() -> MessageCodec.checkFields(Versioned.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Versioned.version");
    assertThatThrownBy(() -> MessageCodec.checkFields(Kinded.class))
        .hasMessageContaining("Kinded.kind");
  }

  @Test
  void an_envelope_never_prints_its_prompt() {
    assertThat(aRequest("{\"input\":\"secret\"}").toString()).doesNotContain("secret");
  }

  private static RequestEnvelope aRequest(String body) {
    return new RequestEnvelope(
        "resp_1",
        "user1",
        "team",
        Map.of("project", "x"),
        "gpt-4o-mini",
        Priority.INTERACTIVE,
        NOON,
        NOON.plusSeconds(600),
        12,
        100,
        3,
        42,
        body,
        7L,
        Map.of());
  }
}
