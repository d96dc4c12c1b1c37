package dev.sluice.benchmarks.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.benchmarks.Benchmark;
import dev.sluice.benchmarks.Distribution;
import dev.sluice.benchmarks.Row;
import dev.sluice.benchmarks.Run;
import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.topic.Topics;
import dev.sluice.localstack.LocalStack;
import jakarta.persistence.EntityManagerFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/**
 * The ledger, written and read. Written: a worker catches up with a backlog on the usage topic,
 * with prices, sums, months and all, beside JPA that saves the same entries bare, one a
 * transaction. Read: a dashboard's questions put to the kept sums, beside the same ones put to the
 * entries. Exported: a month's rows, and how much of them the api holds, beside a driver that is
 * simply asked for them.
 */
public final class LedgerBenchmark implements Benchmark {
  private static final int DAYS = 28;
  private static final Duration PATIENCE = Duration.ofMinutes(20);
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);
  private static final String ATTEMPTS = "select coalesce(sum(attempts), 0) from rollup_monthly";

  @Override
  public List<Row> run(Run run) throws InterruptedException {
    int backlog = run.quick() ? 150_000 : 500_000;
    int saved = run.quick() ? 3_000 : 20_000;
    int entries = run.quick() ? 300_000 : 10_000_000;
    var options = run.stack().tier("tier-5").simulator(false).build();
    var rows = new ArrayList<Row>();
    try (var stack = LocalStack.start(options);
        var database = new Database(stack.postgres())) {
      stack.api(1).stop();
      rows.addAll(written(run, stack, database, backlog, saved));
      stack.worker(1).stop();
      run.say("Making %,d entries".formatted(entries));
      make(database, entries);
      rows.addAll(read(run, database));
      rows.addAll(exported(run, stack, database));
    }
    return rows;
  }

  private static List<Row> exported(Run run, LocalStack stack, Database database)
      throws InterruptedException {
    run.say("Exporting a day, a month, and the month as FOCUS");
    var api = stack.api(1);
    api.start();
    var month = LocalDate.now(ZoneOffset.UTC).withDayOfMonth(1);
    var day = entries(database, month, month.plusDays(1));
    var all = entries(database, month, month.plusMonths(1));
    return List.of(
        database.hold(month, day),
        new Export(api, "usage", month, month.plusDays(1)).measure("export_day", day),
        new Export(api, "usage", month, month.plusMonths(1)).measure("export_month", all),
        new Export(api, "focus", month, month.plusMonths(1)).measure("export_month_focus", all));
  }

  private static long entries(Database database, LocalDate from, LocalDate to) {
    return database.figure(
        "select count(*) from usage_entry where opened_at >= '%s Z' and opened_at < '%s Z'"
            .formatted(from, to));
  }

  private static List<Row> written(
      Run run, LocalStack stack, Database database, int backlog, int saved)
      throws InterruptedException {
    stack.worker(1).stop();
    run.say("Putting %,d usage events on the topic".formatted(2 * backlog));
    produce(stack, backlog);
    run.say("The worker catches up");
    stack.worker(1).start();
    double perSecond = catchUp(database, backlog);
    run.say("JPA saves %,d entries, one a transaction".formatted(saved));
    double baseline = save(database, saved);
    return List.of(
        Row.of("jpa")
            .with("phase", "write")
            .with("entries", saved)
            .figure("entries_per_s", baseline),
        Row.of("sluice")
            .with("phase", "write")
            .with("entries", backlog)
            .figure("entries_per_s", perSecond)
            .figure("ratio", perSecond / baseline));
  }

  private static void produce(LocalStack stack, int backlog) {
    var codec = new MessageCodec();
    var now = Instant.now();
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", stack.kafka().url(), "linger.ms", 20),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < backlog; i++) {
        var usage = new SampleUsage("topic", i, now);
        for (var event : List.of(usage.opened(), usage.settled())) {
          var _ =
              producer.send(
                  new ProducerRecord<>(
                      Topics.USAGE, event.requestId().getBytes(UTF_8), codec.encode(event)));
        }
      }
    }
  }

  /** Entries/s of the last two thirds; the first one warms the worker up. */
  private static double catchUp(Database database, int backlog) throws InterruptedException {
    long patience = System.nanoTime() + PATIENCE.toNanos();
    long first = 0;
    long firstAt = 0;
    while (System.nanoTime() - patience < 0) {
      long written = database.figure(ATTEMPTS);
      long now = System.nanoTime();
      if (first == 0 && written >= backlog / 3) {
        first = written;
        firstAt = now;
      }
      if (written >= backlog) return (written - first) / ((now - firstAt) / 1e9);
      Thread.sleep(LOOK_EVERY);
    }
    throw new IllegalStateException("the worker did not catch up; see its log");
  }

  private static double save(Database database, int saved) {
    database.execute(
        """
        create table saved_entry (
            request_id text primary key, user_id text, team text, project text, model text,
            service_tier text, priority text, input_tokens bigint, output_tokens bigint,
            cost numeric(30, 10), currency text, estimated boolean, outcome text,
            opened_at timestamptz, settled_at timestamptz)
        """);
    try (var entities =
        new HibernatePersistenceConfiguration("saved")
            .jdbcUrl(database.url())
            .jdbcCredentials(database.user(), database.password())
            .managedClass(SavedEntry.class)
            .createEntityManagerFactory()) {
      save(entities, "warm-up", Math.min(saved, 1_000));
      long start = System.nanoTime();
      save(entities, "saved", saved);
      return saved / ((System.nanoTime() - start) / 1e9);
    }
  }

  private static void save(EntityManagerFactory entities, String run, int count) {
    var now = Instant.now();
    for (int i = 0; i < count; i++) {
      var entry = new SavedEntry(new SampleUsage(run, i, now));
      entities.runInTransaction(manager -> manager.persist(entry));
    }
  }

  /** By SQL, a day at a time, through the same triggers as the writer's. */
  private static void make(Database database, int entries) {
    for (int day = 0; day < DAYS; day++)
      database.execute(
          """
          insert into usage_entry (
              request_id, attempt, entry, kind, user_id, team, project, tags, model, service_tier,
              priority, source, input_tokens, cached_input_tokens, cache_write_tokens,
              output_tokens, reasoning_tokens, input_audio_tokens, output_audio_tokens,
              saved_input_tokens, saved_cached_input_tokens, saved_output_tokens, cost, saved,
              currency, rate_card_id, estimated, outcome, opened_at, settled_at)
          select 'made_%1$d_' || i, 1, 0, 'usage', 'user' || u, 'team' || u %% 20,
              'project' || u %% 50, '{}', 'gpt-4o', 'default',
              case when i %% 5 = 0 then 'background' else 'interactive' end, 'provider',
              input, 0, 0, output, 0, 0, 0, 0, 0, 0,
              (input * 2.5 + output * 10) / 1000000, 0, 'USD', card.id, false, 'completed', at, at
          from (
              select i, i * 7919 %% 1000 as u, 200 + i * 31 %% 3000 as input,
                  50 + i * 17 %% 700 as output,
                  (date_trunc('month', now() at time zone 'UTC') + interval '%1$d days'
                      + i * interval '0.2 seconds') at time zone 'UTC' as at
              from generate_series(1::bigint, %2$d) as i
          ) made
          cross join (
              select id from rate_card
              where model = 'gpt-4o' and service_tier = 'default' and valid_until is null
          ) card
          """
              .formatted(day, entries / DAYS));
    database.execute("vacuum analyze");
  }

  private static List<Row> read(Run run, Database database) {
    var rows = new ArrayList<Row>();
    long entries = database.figure("select count(*) from usage_entry");
    for (var dashboard : Dashboard.all()) {
      run.say("Asking " + dashboard.name());
      if (!database.read(dashboard.sums()).equals(database.read(dashboard.entries())))
        throw new IllegalStateException("the sums are not those of the entries: " + dashboard);
      var slow = times(database, dashboard.entries(), 3);
      var fast = times(database, dashboard.sums(), 30);
      rows.add(row("entries", dashboard, entries, slow));
      rows.add(row("sluice", dashboard, entries, fast).figure("ratio", slow.p50() / fast.p50()));
    }
    return rows;
  }

  private static Row row(String subject, Dashboard dashboard, long entries, Distribution times) {
    return Row.of(subject)
        .with("phase", dashboard.name())
        .with("entries", entries)
        .figure("query_p50_ms", times.p50())
        .figure("query_max_ms", times.quantile(1));
  }

  private static Distribution times(Database database, String sql, int count) {
    var nanos = new ArrayList<Long>();
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      database.read(sql);
      nanos.add(System.nanoTime() - start);
    }
    return Distribution.of(nanos);
  }
}
