package dev.sluice.benchmarks.ledger;

import java.util.List;

/**
 * A question that a dashboard puts, twice.
 *
 * @param name as in the report
 * @param sums the view that reads kept sums
 * @param entries the same of the entries; the same rows come back
 */
record Dashboard(String name, String sums, String entries) {
  private static final String MONTH = "date_trunc('month', now() at time zone 'UTC')";
  private static final String OF_MONTH =
      "opened_at >= %1$s at time zone 'UTC' and opened_at < (%1$s + interval '1 month') at time zone 'UTC'"
          .formatted(MONTH);

  static List<Dashboard> all() {
    return List.of(
        new Dashboard(
            "month_by_team",
            """
            select team, currency, sum(cost)::numeric(30, 10), sum(input_tokens)
            from cost_monthly where month = %s::date
            group by team, currency order by team
            """
                .formatted(MONTH),
            """
            select team, currency, sum(cost)::numeric(30, 10), sum(input_tokens)
            from usage_entry where %s
            group by team, currency order by team
            """
                .formatted(OF_MONTH)),
        new Dashboard(
            "top_users_of_month",
            """
            select user_id, sum(cost)::numeric(30, 10)
            from cost_monthly where month = %s::date
            group by user_id order by 2 desc, 1 limit 10
            """
                .formatted(MONTH),
            """
            select user_id, sum(cost)::numeric(30, 10)
            from usage_entry where %s
            group by user_id order by 2 desc, 1 limit 10
            """
                .formatted(OF_MONTH)),
        new Dashboard(
            "month_by_day_and_model",
            """
            select day, model, sum(cost)::numeric(30, 10)
            from cost_daily where day >= %1$s::date and day < (%1$s + interval '1 month')::date
            group by day, model order by day, model
            """
                .formatted(MONTH),
            """
            select (opened_at at time zone 'UTC')::date as day, model, sum(cost)::numeric(30, 10)
            from usage_entry where %s
            group by 1, model order by 1, model
            """
                .formatted(OF_MONTH)));
  }
}
