package dev.sluice.worker.ledger;

import static java.util.stream.Collectors.toCollection;

import dev.sluice.common.message.AttemptOpened;
import dev.sluice.common.topic.Priority;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * The ledger's tables, a batch at a time: each statement takes all its rows as one JSON array,
 * which is one round trip and one run of the triggers. Used inside a transaction. Thread-safe.
 */
final class LedgerStore {
  /** Of Postgres's advisory locks; the second key is a topic partition, or all of them. */
  private static final int LOCK = 7301;

  private static final int ALL_PARTITIONS = -1;

  /** Before anything that Postgres can be asked for by a driver's timestamp. */
  private static final Instant LONG_AGO = Instant.parse("0001-01-01T00:00:00Z");

  private static final String LOCK_PARTITIONS =
      """
      select pg_advisory_xact_lock_shared(:lock, :all)
      union all
      select pg_advisory_xact_lock(:lock, partition)
      from (select unnest(cast(:partitions as integer[])) as partition order by 1) sorted
      """;

  private static final String KNOWN =
      """
      select distinct on (request_id, attempt) request_id, attempt, estimated,
          case when estimated or resolved then (
              select to_jsonb(standing) from usage_entry standing
              where standing.request_id = usage_key.request_id
                  and standing.attempt = usage_key.attempt
                  and standing.entry = usage_key.entry
                  and standing.opened_at = usage_key.opened_at
          ) end as standing
      from usage_key
      join jsonb_to_recordset(cast(:keys as jsonb))
          as asked(request_id text, attempt integer, resolved boolean)
          using (request_id, attempt)
      order by request_id, attempt, entry desc
      """;

  private static final String OPENED_AT =
      """
      select request_id, attempt, opened_at
      from attempt_opened
      join jsonb_to_recordset(cast(:keys as jsonb)) as asked(request_id text, attempt integer)
          using (request_id, attempt)
      """;

  private static final String OPEN =
      """
      insert into attempt_opened
          (request_id, attempt, user_id, team, tags, model, input_tokens, opened_at, priority,
           deadline)
      select request_id, attempt, user_id, team, tags, model, input_tokens, opened_at, priority,
          coalesce(deadline, opened_at + interval '1 hour')
      from json_to_recordset(cast(:rows as json)) as incoming(
          request_id text, attempt integer, user_id text, team text, tags jsonb, model text,
          input_tokens bigint, opened_at timestamptz, priority text, deadline timestamptz)
      on conflict do nothing
      """;

  private static final String COLUMNS =
      """
      request_id, attempt, entry, kind, reverses, correction_reason, corrected_by, user_id, team,
      project, tags, model, service_tier, priority, source, of_request_id, input_tokens, cached_input_tokens,
      cache_write_tokens, output_tokens, reasoning_tokens, input_audio_tokens,
      output_audio_tokens, saved_input_tokens, saved_cached_input_tokens, saved_output_tokens,
      dropped_tokens, dropped_saved, cost, saved, currency, rate_card_id, estimated, suspect, outcome, error_code, opened_at,
      settled_at
      """;

  private static final String ADD =
      """
      with incoming as (
          select * from json_to_recordset(cast(:rows as json)) as r(
              request_id text, attempt integer, entry integer, kind text, reverses integer,
              correction_reason text, corrected_by text, user_id text, team text, project text, tags jsonb,
              model text, service_tier text, priority text, source text, of_request_id text,
              input_tokens bigint, cached_input_tokens bigint, cache_write_tokens bigint,
              output_tokens bigint, reasoning_tokens bigint, input_audio_tokens bigint,
              output_audio_tokens bigint, saved_input_tokens bigint,
              saved_cached_input_tokens bigint, saved_output_tokens bigint, dropped_tokens bigint,
              dropped_saved numeric, cost numeric, saved numeric, currency text, rate_card_id bigint, estimated boolean, suspect text,
              outcome text, error_code text, opened_at timestamptz, settled_at timestamptz)
      ), claimed as (
          insert into usage_key (request_id, attempt, entry, opened_at, estimated)
          select request_id, attempt, entry, opened_at, estimated from incoming
          on conflict do nothing
          returning request_id, attempt, entry
      )
      insert into usage_entry (%1$s)
      select %1$s from incoming join claimed using (request_id, attempt, entry)
      """
          .formatted(COLUMNS);

  private static final String WRONGLY_PRICED =
      """
      select to_jsonb(standing) from usage_entry standing
      where standing.rate_card_id %s
          and standing.opened_at >= :since
          and standing.reverses is null
          and (standing.suspect is null or standing.suspect = 'count_not_told')
          and (standing.opened_at, standing.request_id, standing.attempt)
              > (:openedAt, :requestId, :attempt)
          and not exists (
              select from usage_entry later
              where later.request_id = standing.request_id
                  and later.attempt = standing.attempt
                  and later.opened_at = standing.opened_at
                  and later.reverses = standing.entry)
      order by standing.opened_at, standing.request_id, standing.attempt
      limit :most
      """;

  private static final String SET_ASIDE =
      """
      insert into usage_dead_letter
          (topic, partition, topic_offset, key, value, reason, set_aside_at)
      values (:topic, :partition, :offset, :key, :value, :reason, :at)
      on conflict do nothing
      """;

  private final JdbcClient jdbc;
  private final JsonMapper json =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  LedgerStore(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A row of {@code attempt_opened}. */
  private record OpenedRow(
      String requestId,
      int attempt,
      String userId,
      String team,
      Map<String, String> tags,
      String model,
      long inputTokens,
      Instant openedAt,
      String priority,
      @Nullable Instant deadline) {
    static OpenedRow of(AttemptOpened opened) {
      var priority = opened.priority();
      return new OpenedRow(
          opened.requestId(),
          opened.attempt(),
          opened.userId(),
          opened.team(),
          opened.tags(),
          opened.model(),
          opened.inputTokens(),
          opened.openedAt(),
          priority == null ? "unknown" : priority.label(),
          opened.deadline());
    }

    AttemptOpened event() {
      return new AttemptOpened(
          requestId,
          attempt,
          userId,
          team,
          tags,
          model,
          inputTokens,
          openedAt,
          priority.equals("unknown")
              ? null
              : Priority.valueOf(priority.toUpperCase(java.util.Locale.ROOT)),
          deadline,
          Map.of());
    }
  }

  /**
   * Until the transaction ends nobody else writes attempts of these partitions: a decision that was
   * made on what the ledger had stays right. A worker that has lost a partition and does not know
   * yet waits here, and finds that its batch has been written.
   */
  void lock(Collection<Integer> partitions) {
    var sorted = partitions.stream().collect(toCollection(TreeSet::new));
    jdbc.sql(LOCK_PARTITIONS)
        .param("lock", LOCK)
        .param("all", ALL_PARTITIONS)
        .param("partitions", sorted.toArray(Integer[]::new))
        .query((_, _) -> 0)
        .list();
  }

  /** The same for all partitions. */
  void lockAll() {
    jdbc.sql("select pg_advisory_xact_lock(:lock, :all)")
        .param("lock", LOCK)
        .param("all", ALL_PARTITIONS)
        .query((_, _) -> 0)
        .list();
  }

  private record Asked(String requestId, int attempt, boolean resolved) {}

  /**
   * What the ledger has of these attempts.
   *
   * @param resolved those of them that somebody has decided on
   */
  Map<AttemptKey, Settlements.Standing> known(
      Collection<AttemptKey> keys, Set<AttemptKey> resolved) {
    var known = new HashMap<AttemptKey, Settlements.Standing>();
    if (keys.isEmpty()) return known;
    var asked =
        keys.stream()
            .map(key -> new Asked(key.requestId(), key.attempt(), resolved.contains(key)))
            .toList();
    jdbc.sql(KNOWN)
        .param("keys", json.writeValueAsString(asked))
        .query((row, _) -> {
          var standing = row.getString("standing");
          return known.put(
              new AttemptKey(row.getString("request_id"), row.getInt("attempt")),
              new Settlements.Standing(
                  standing == null ? Optional.empty() : Optional.of(row(standing))));
        })
        .list();
    return known;
  }

  /** When these attempts were opened, of those that were. */
  Map<AttemptKey, Instant> openedAt(Collection<AttemptKey> keys) {
    var openedAt = new HashMap<AttemptKey, Instant>();
    if (keys.isEmpty()) return openedAt;
    jdbc.sql(OPENED_AT)
        .param("keys", json.writeValueAsString(keys))
        .query((row, _) ->
            openedAt.put(
                new AttemptKey(row.getString("request_id"), row.getInt("attempt")),
                row.getTimestamp("opened_at").toInstant()))
        .list();
    return openedAt;
  }

  void open(List<AttemptOpened> opened) {
    if (opened.isEmpty()) return;
    var rows = opened.stream().map(OpenedRow::of).toList();
    jdbc.sql(OPEN).param("rows", json.writeValueAsString(rows)).update();
  }

  /**
   * @return how many of them the ledger did not have
   */
  int add(List<UsageRow> rows) {
    if (rows.isEmpty()) return 0;
    return jdbc.sql(ADD).param("rows", json.writeValueAsString(rows)).update();
  }

  void setAside(ConsumerRecord<byte[], byte[]> event, String reason, Instant at) {
    jdbc.sql(SET_ASIDE)
        .param("topic", event.topic())
        .param("partition", event.partition())
        .param("offset", event.offset())
        .param("key", event.key())
        .param("value", event.value())
        .param("reason", reason.replace('\0', '?'))
        .param("at", Timestamp.from(at))
        .update();
  }

  /** Attempts whose request's deadline has passed and that were never settled, the oldest first. */
  List<AttemptOpened> unsettledSince(Instant deadline, int most) {
    return jdbc.sql(
            """
            select to_jsonb(unsettled) from unsettled_attempt unsettled
            where deadline < :deadline
            order by deadline
            limit :most
            """)
        .param("deadline", Timestamp.from(deadline))
        .param("most", most)
        .query((row, _) -> json.readValue(row.getString(1), OpenedRow.class).event())
        .list();
  }

  /** What an attempt of this model has put out on average since a day, tokens. */
  long averageOutput(String model, Instant since) {
    return jdbc.sql(
            """
            select coalesce(round(sum(output_tokens) / nullif(sum(attempts), 0)), 0)
            from rollup_daily
            where day >= cast(:since as date)
                and source = 'provider'
                and suspect_attempts = 0
                and (model = :model or model like :model || '-____-__-__')
            """)
        .param("since", Timestamp.from(since))
        .param("model", model)
        .query(Long.class)
        .single();
  }

  /**
   * Rows as they stand that have a price to get.
   *
   * @param ended a card that is in force no more: rows of it from after its end; {@code null}: rows
   *     without a card
   * @param after the last one of the batch before; {@code null} to begin
   */
  List<UsageRow> wronglyPriced(@Nullable RateCard ended, @Nullable UsageRow after, int most) {
    return jdbc.sql(WRONGLY_PRICED.formatted(ended == null ? "is null" : "= :card"))
        .param("card", ended == null ? null : ended.id())
        .param(
            "since",
            Timestamp.from(ended == null ? LONG_AGO : ended.validUntil().orElse(Instant.MAX)))
        .param("openedAt", Timestamp.from(after == null ? LONG_AGO : after.openedAt()))
        .param("requestId", after == null ? "" : after.requestId())
        .param("attempt", after == null ? -1 : after.attempt())
        .param("most", most)
        .query((row, _) -> row(row.getString(1)))
        .list();
  }

  /** Changes whenever a card is added or ended. */
  String stateOfRateCards() {
    return jdbc.sql(
            """
            select concat_ws('/', count(*), max(id), count(valid_until), sum(extract(epoch from valid_until)))
            from rate_card
            """)
        .query(String.class)
        .single();
  }

  void makePartitionsAhead(int months) {
    jdbc.sql("select usage_partitions_ahead(:months)")
        .param("months", months)
        .query(Integer.class)
        .single();
  }

  private UsageRow row(String text) {
    return json.readValue(text, UsageRow.class);
  }
}
