package dev.sluice.common.message;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the provider counted on one day, all models together: a newer one of the same day and report
 * takes the place of an older one.
 *
 * @param importId the same for the same figures delivered again
 */
public record ProviderFigures(
    String importId,
    LocalDate day,
    Report report,
    List<Figure> figures,
    Source source,
    String by,
    Instant at,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown)
    implements ReconciliationMessage {

  /** Which of the provider's two APIs told. */
  public enum Report {
    /** Requests and tokens by model. */
    USAGE,
    /** Money by model. */
    COSTS;

    /** As on the topic and in SQL. */
    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How the figures came here. */
  public enum Source {
    /** A worker asked the provider. */
    API,
    /** A person brought a page of its answer along. */
    FILE;

    /** As on the topic and in SQL. */
    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Of one model.
   *
   * @param model as the provider names it; what it charges beside models has the name of its line
   * @param cachedInputTokens part of {@code inputTokens}
   * @param cost null in a report of usage
   * @param currency ISO 4217 code of {@code cost}
   */
  public record Figure(
      String model,
      long requests,
      long inputTokens,
      long cachedInputTokens,
      long outputTokens,
      @DecimalText @Nullable BigDecimal cost,
      @Nullable String currency) {
    /** Of a report of usage. */
    public static Figure usage(
        String model, long requests, long input, long cachedInput, long output) {
      return new Figure(model, requests, input, cachedInput, output, null, null);
    }

    /** Of a report of costs. */
    public static Figure cost(String model, BigDecimal cost, String currency) {
      return new Figure(model, 0, 0, 0, 0, cost, currency);
    }
  }
}
