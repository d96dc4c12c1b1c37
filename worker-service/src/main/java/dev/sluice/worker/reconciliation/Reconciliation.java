package dev.sluice.worker.reconciliation;

import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIServiceException;
import dev.sluice.common.message.ProviderFigures;
import dev.sluice.common.message.ProviderFigures.Report;
import dev.sluice.common.message.ProviderFigures.Source;
import dev.sluice.common.reconciliation.MalformedPageException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the provider's figures in and compares them with the ledger. Thread-safe; blocks. */
final class Reconciliation implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Reconciliation.class);

  private static final int WATCHED_DAYS = 31;
  private static final int NAMED_MODELS = 10;

  private final Optional<ProviderApi> provider;
  private final ReconciliationStore store;
  private final ReconciliationMeters meters;
  private final ReconciliationProperties properties;
  private final InstantSource clock;

  /**
   * @param provider empty where there is no key to ask it with
   */
  Reconciliation(
      Optional<ProviderApi> provider,
      ReconciliationStore store,
      ReconciliationMeters meters,
      ReconciliationProperties properties,
      InstantSource clock) {
    this.provider = provider;
    this.store = store;
    this.meters = meters;
    this.properties = properties;
    this.clock = clock;
  }

  /** Writes figures down that somebody has brought along, and compares. */
  void add(ProviderFigures told) {
    write(List.of(told));
  }

  /** Asks the provider for a day and compares; a failure is told to the operators. */
  void fetch(LocalDate day, String by) {
    if (provider.isEmpty()) {
      log.atWarn()
          .addKeyValue("day", day)
          .log("No admin key to ask the provider with; set SLUICE_RECONCILIATION_ADMINKEY");
      return;
    }
    try {
      var at = clock.instant();
      write(
          Arrays.stream(Report.values())
              .map(report -> fetched(provider.get(), day, report, by, at))
              .toList());
      meters.fetch("fetched");
    } catch (OpenAIException | UncheckedIOException | MalformedPageException failed) {
      meters.fetch("failed");
      log.atError()
          .addKeyValue("day", day)
          .addKeyValue("cause", cause(failed))
          .log(
              "The provider's figures could not be fetched. A 401 or 403: set SLUICE_RECONCILIATION_ADMINKEY to an admin key that may read usage; else it is tried again, or bring them along by file");
    }
  }

  private static ProviderFigures fetched(
      ProviderApi provider, LocalDate day, Report report, String by, Instant at) {
    return new ProviderFigures(
        UUID.randomUUID().toString(),
        day,
        report,
        provider.fetch(day, report),
        Source.API,
        by,
        at,
        Map.of());
  }

  /** Without what the provider quotes: a refused key, for one. */
  private static String cause(RuntimeException failed) {
    return switch (failed) {
      case OpenAIServiceException refused ->
          "%d %s".formatted(refused.statusCode(), refused.code().orElse(""));
      case MalformedPageException malformed -> String.valueOf(malformed.getMessage());
      default -> failed.getClass().getSimpleName();
    };
  }

  private void write(List<ProviderFigures> imports) {
    if (store.add(imports) > 0) imports.forEach(meters::imported);
    for (var day : imports.stream().map(ProviderFigures::day).distinct().toList()) alert(day);
    watch();
  }

  /** A day that is not over, or that the provider still counts, differs for good reason. */
  private void alert(LocalDate day) {
    if (day.isAfter(lastSettledDay())) return;
    var off = store.off(day, day, properties.threshold());
    if (off.isEmpty()) return;
    var worst = off.getFirst();
    log.atError()
        .addKeyValue("day", day)
        .addKeyValue(
            "models", off.stream().map(ReconciliationStore.Off::model).limit(NAMED_MODELS).toList())
        .addKeyValue("worst_share", worst.share())
        .addKeyValue("coverage", worst.coverage())
        .log(
            "The provider's figures of a day differ from the ledger. See reconciliation_daily: low coverage means use of the account beside Sluice; else look at the day's estimated, unpriced and suspect entries");
  }

  /** Counts the days that differ. */
  void watch() {
    var until = lastSettledDay();
    var off = store.off(until.minusDays(WATCHED_DAYS - 1), until, properties.threshold());
    meters.daysOff(off.stream().map(ReconciliationStore.Off::day).distinct().count());
  }

  /** Fetches the days that are due: each of the last ones once a day, after it has settled. */
  void fetchDue() {
    if (provider.isEmpty()) return;
    var last = lastSettledDay();
    var due =
        last.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant().plus(properties.settlesAfter());
    IntStream.range(0, properties.days())
        .mapToObj(last::minusDays)
        .filter(day -> store.fetchedAt(day).map(due::isAfter).orElse(true))
        .forEach(day -> fetch(day, "schedule"));
  }

  private LocalDate lastSettledDay() {
    return LocalDate.ofInstant(clock.instant().minus(properties.settlesAfter()), ZoneOffset.UTC)
        .minusDays(1);
  }

  @Override
  public void close() {
    provider.ifPresent(ProviderApi::close);
  }
}
