package dev.sluice.worker.reconciliation;

import com.openai.client.OpenAIClient;
import com.openai.core.http.HttpResponse;
import com.openai.errors.OpenAIException;
import com.openai.models.admin.organization.usage.UsageCompletionsParams;
import com.openai.models.admin.organization.usage.UsageCostsParams;
import com.openai.services.blocking.admin.organization.UsageService;
import dev.sluice.common.message.ProviderFigures.Figure;
import dev.sluice.common.message.ProviderFigures.Report;
import dev.sluice.common.reconciliation.MalformedPageException;
import dev.sluice.common.reconciliation.ProviderPage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The provider's Usage and Costs APIs, a day at a time. Thread-safe; blocks. */
final class ProviderApi implements AutoCloseable {
  /*
   * openai-java makes the call and its retries with backoff. The answer is read raw: its typed one
   * has money as floating point, and a page that a person brings along is read by the same reader.
   */
  private static final int MOST_BYTES = 4 << 20;
  private static final int MOST_PAGES = 100;

  private final OpenAIClient client;

  ProviderApi(OpenAIClient client) {
    this.client = client;
  }

  /**
   * All figures of a day.
   *
   * @throws OpenAIException if the provider refuses, or does not answer after several attempts
   * @throws MalformedPageException if its answer is none that can be compared
   */
  List<Figure> fetch(LocalDate day, Report report) {
    var figures = new ArrayList<Figure>();
    @Nullable String next = null;
    for (int pages = 0; pages < MOST_PAGES; pages++) {
      var page = page(day, report, next);
      figures.addAll(page.days().getOrDefault(day, List.of()));
      if (page.next().isEmpty()) return figures;
      next = page.next().get();
    }
    throw new UncheckedIOException(new IOException("more than " + MOST_PAGES + " pages for a day"));
  }

  private ProviderPage page(LocalDate day, Report report, @Nullable String next) {
    var usage = client.admin().organization().usage().withRawResponse();
    try (var answer = ask(usage, day, report, next)) {
      var body = answer.body().readNBytes(MOST_BYTES + 1);
      if (body.length > MOST_BYTES) throw new IOException("a page of more than 4 MiB");
      return ProviderPage.read(body);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // the caller's try closes it
  private static HttpResponse ask(
      UsageService.WithRawResponse usage, LocalDate day, Report report, @Nullable String next) {
    long from = day.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
    long until = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
    var page = Optional.ofNullable(next);
    return switch (report) {
      case USAGE ->
          usage.completions(
              UsageCompletionsParams.builder()
                  .startTime(from)
                  .endTime(until)
                  .bucketWidth(UsageCompletionsParams.BucketWidth._1D)
                  .addGroupBy(UsageCompletionsParams.GroupBy.MODEL)
                  .page(page)
                  .build());
      case COSTS ->
          usage.costs(
              UsageCostsParams.builder()
                  .startTime(from)
                  .endTime(until)
                  .bucketWidth(UsageCostsParams.BucketWidth._1D)
                  .addGroupBy(UsageCostsParams.GroupBy.LINE_ITEM)
                  .page(page)
                  .build());
    };
  }

  @Override
  public void close() {
    client.close();
  }
}
