package dev.sluice.api.finance;

import static dev.sluice.api.finance.Dimension.DAY;
import static dev.sluice.api.finance.Dimension.MODEL;
import static dev.sluice.api.finance.Dimension.MONTH;
import static dev.sluice.api.finance.Dimension.PRIORITY;
import static dev.sluice.api.finance.Dimension.PROJECT;
import static dev.sluice.api.finance.Dimension.SOURCE;
import static dev.sluice.api.finance.Dimension.TEAM;
import static dev.sluice.api.finance.Dimension.USER;
import static dev.sluice.api.finance.Sums.Figure.count;
import static dev.sluice.api.finance.Sums.Figure.money;

import dev.sluice.api.finance.Sums.Figure;
import dev.sluice.api.finance.Sums.Kept;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code GET /api/finance/costs} and {@code /api/finance/savings}: what was spent and what was
 * saved in a period, told apart as asked.
 */
@RestController
class Costs {
  private static final List<Dimension> FILTERS = List.of(TEAM, USER, PROJECT, MODEL, PRIORITY);
  private static final List<Dimension> COSTS_BY =
      List.of(DAY, MONTH, TEAM, USER, PROJECT, MODEL, PRIORITY);
  private static final List<Dimension> SAVINGS_BY =
      List.of(DAY, MONTH, SOURCE, TEAM, USER, PROJECT, MODEL, PRIORITY);

  private static final List<Figure> COSTS =
      List.of(
          count("attempts", "attempts"),
          count("inputTokens", "input_tokens"),
          count("cachedInputTokens", "cached_input_tokens"),
          count("outputTokens", "output_tokens"),
          count("reasoningTokens", "reasoning_tokens"),
          count("estimatedAttempts", "estimated_attempts"),
          count("unpricedAttempts", "unpriced_attempts"),
          count("suspectAttempts", "suspect_attempts"),
          money("estimatedCost", "estimated_cost"),
          money("cost", "cost"));
  private static final List<Figure> SAVINGS =
      List.of(
          count("answers", "answers"),
          count("savedInputTokens", "saved_input_tokens"),
          count("savedOutputTokens", "saved_output_tokens"),
          count("unpricedAnswers", "unpriced_answers"),
          money("saved", "saved"));

  private final Sums sums;

  Costs(JdbcClient jdbc) {
    this.sums = new Sums(jdbc);
  }

  @GetMapping("/api/finance/costs")
  Sums.Answer costs(@RequestParam MultiValueMap<String, String> query) {
    var parameters = Parameters.of(query, FILTERS, "by");
    var period = parameters.period();
    var by = Dimension.all(parameters.text("by"), COSTS_BY);
    // The same sums, kept in fewer rows
    var kept =
        period.isWholeMonths() && !by.contains(DAY)
            ? new Kept("cost_monthly", "month", COSTS)
            : new Kept("cost_daily", "day", COSTS);
    return sums.ask(kept, period, by, Filters.of(parameters, FILTERS));
  }

  @GetMapping("/api/finance/savings")
  Sums.Answer savings(@RequestParam MultiValueMap<String, String> query) {
    var parameters = Parameters.of(query, FILTERS, "by");
    return sums.ask(
        new Kept("savings_daily", "day", SAVINGS),
        parameters.period(),
        Dimension.all(parameters.text("by"), SAVINGS_BY),
        Filters.of(parameters, FILTERS));
  }
}
