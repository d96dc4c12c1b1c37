package dev.sluice.common.reconciliation;

import dev.sluice.common.message.ProviderFigures.Figure;
import dev.sluice.common.message.ProviderFigures.Report;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A page as {@code GET /v1/organization/usage/completions} or {@code GET /v1/organization/costs}
 * returns it, in buckets of a day.
 *
 * @param report which of the two; empty if no bucket has a result that would tell
 * @param days each bucket, with a model no more than once
 * @param next where the next page begins; empty on the last one
 */
public record ProviderPage(
    Optional<Report> report, Map<LocalDate, List<Figure>> days, Optional<String> next) {
  private static final String USAGE = "organization.usage.completions.result";
  private static final String COSTS = "organization.costs.result";

  private static final int MOST_MODELS = 1_000;
  private static final int LONGEST_NAME = 200;
  // Beyond any bill, and so small that no sum of them overflows
  private static final long MOST_COUNTED = 1_000_000_000_000_000L;
  private static final int MOST_DIGITS = 40;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  /**
   * Reads a page.
   *
   * @throws MalformedPageException if it is none, or cannot be compared by day and model
   */
  public static ProviderPage read(byte[] json) {
    var page = tree(json);
    if (!page.path("data").isArray())
      throw new MalformedPageException(
          "This is no page of the provider's Usage or Costs API: it has no data.");
    var report = report(page.path("data"));
    var days = new LinkedHashMap<LocalDate, List<Figure>>();
    for (var bucket : page.path("data")) {
      var day = day(bucket);
      if (days.put(day, figures(bucket, report, day)) != null)
        throw new MalformedPageException("%s is in the page twice.".formatted(day));
    }
    var next = page.path("next_page").asString("");
    return new ProviderPage(
        Optional.ofNullable(report), days, next.isEmpty() ? Optional.empty() : Optional.of(next));
  }

  private static JsonNode tree(byte[] json) {
    try {
      return JSON.readTree(json);
    } catch (JacksonException broken) {
      throw new MalformedPageException("This is not JSON: " + broken.getOriginalMessage());
    }
  }

  private static @Nullable Report report(JsonNode buckets) {
    Report report = null;
    for (var bucket : buckets)
      for (var result : bucket.path("results")) {
        var told =
            switch (result.path("object").asString("")) {
              case USAGE -> Report.USAGE;
              case COSTS -> Report.COSTS;
              default ->
                  throw new MalformedPageException(
                      "A result is neither %s nor %s.".formatted(USAGE, COSTS));
            };
        if (report != null && report != told)
          throw new MalformedPageException("Usage and costs are in one page.");
        report = told;
      }
    return report;
  }

  private static LocalDate day(JsonNode bucket) {
    var start = bucket.path("start_time");
    var end = bucket.path("end_time");
    try {
      if (start.canConvertToLong() && end.canConvertToLong()) {
        var from = Instant.ofEpochSecond(start.asLong()).atOffset(ZoneOffset.UTC);
        var until = Instant.ofEpochSecond(end.asLong()).atOffset(ZoneOffset.UTC);
        if (from.toLocalTime().toSecondOfDay() == 0
            && Duration.between(from, until).equals(Duration.ofDays(1))) return from.toLocalDate();
      }
    } catch (DateTimeException absurd) {
      // Said below
    }
    throw new MalformedPageException(
        "The bucket from %s to %s is not one whole day (UTC). Ask the provider with bucket_width=1d and a start_time at midnight UTC."
            .formatted(start, end));
  }

  private static List<Figure> figures(JsonNode bucket, @Nullable Report report, LocalDate day) {
    if (!bucket.path("results").isArray())
      throw new MalformedPageException("The bucket of %s has no results.".formatted(day));
    var byModel = new TreeMap<String, Figure>();
    for (var result : bucket.path("results")) {
      var figure = report == Report.COSTS ? cost(result, day) : usage(result, day);
      byModel.merge(figure.model(), figure, ProviderPage::sum);
    }
    if (byModel.size() > MOST_MODELS)
      throw new MalformedPageException("%s has more than %,d models.".formatted(day, MOST_MODELS));
    return new ArrayList<>(byModel.values());
  }

  private static Figure usage(JsonNode result, LocalDate day) {
    return Figure.usage(
        name(result, "model", day),
        count(result, "num_model_requests", day),
        count(result, "input_tokens", day),
        count(result, "input_cached_tokens", day),
        count(result, "output_tokens", day));
  }

  private static Figure cost(JsonNode result, LocalDate day) {
    var line = name(result, "line_item", day);
    int model = line.indexOf(", "); // "gpt-4o-2024-08-06, cached input"
    return Figure.cost(
        model < 0 ? line : line.substring(0, model),
        amount(result.path("amount").path("value"), day),
        currency(result.path("amount").path("currency"), day));
  }

  private static String name(JsonNode result, String field, LocalDate day) {
    var name = result.path(field).asString("");
    if (name.isBlank() || name.length() > LONGEST_NAME || name.indexOf('\0') >= 0)
      throw new MalformedPageException(
          "A result of %s does not say its %s. Ask the provider with group_by[]=%s."
              .formatted(day, field, field));
    return name;
  }

  private static long count(JsonNode result, String field, LocalDate day) {
    var value = result.path(field);
    if (value.isMissingNode() || value.isNull()) return 0;
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      long count = value.asLong();
      if (count >= 0 && count <= MOST_COUNTED) return count;
    }
    throw new MalformedPageException("%s of %s is no count.".formatted(field, day));
  }

  private static BigDecimal amount(JsonNode value, LocalDate day) {
    try {
      if (value.isNumber() || value.isString()) {
        var amount = value.isNumber() ? value.decimalValue() : new BigDecimal(value.asString());
        if (Math.abs((long) amount.scale()) <= MOST_DIGITS && amount.precision() <= MOST_DIGITS)
          return amount;
      }
    } catch (NumberFormatException noNumber) {
      // Said below
    }
    throw new MalformedPageException("An amount of %s is no sum of money.".formatted(day));
  }

  private static String currency(JsonNode value, LocalDate day) {
    var code = value.asString("").toUpperCase(Locale.ROOT);
    if (code.matches("[A-Z]{3}")) return code;
    throw new MalformedPageException("An amount of %s has no currency.".formatted(day));
  }

  private static Figure sum(Figure one, Figure other) {
    if (one.cost() == null || other.cost() == null)
      return Figure.usage(
          one.model(),
          one.requests() + other.requests(),
          one.inputTokens() + other.inputTokens(),
          one.cachedInputTokens() + other.cachedInputTokens(),
          one.outputTokens() + other.outputTokens());
    if (!String.valueOf(one.currency()).equals(other.currency()))
      throw new MalformedPageException(one.model() + " is charged in two currencies.");
    return Figure.cost(one.model(), one.cost().add(other.cost()), String.valueOf(one.currency()));
  }
}
