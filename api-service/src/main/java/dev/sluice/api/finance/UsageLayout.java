package dev.sluice.api.finance;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A line for each row of the ledger, its columns as SQL names them. */
final class UsageLayout implements Layout {
  private static final List<String> TIMES = List.of("opened_at", "settled_at", "written_at");
  private static final List<String> COLUMNS =
      List.of(
          "request_id",
          "attempt",
          "entry",
          "kind",
          "reverses",
          "correction_reason",
          "corrected_by",
          "user_id",
          "team",
          "project",
          "tags",
          "model",
          "service_tier",
          "priority",
          "source",
          "of_request_id",
          "input_tokens",
          "cached_input_tokens",
          "cache_write_tokens",
          "output_tokens",
          "reasoning_tokens",
          "input_audio_tokens",
          "output_audio_tokens",
          "saved_input_tokens",
          "saved_cached_input_tokens",
          "saved_output_tokens",
          "dropped_tokens",
          "dropped_saved",
          "cost",
          "saved",
          "currency",
          "rate_card_id",
          "estimated",
          "suspect",
          "outcome",
          "error_code");

  @Override
  public List<String> header() {
    var header = new ArrayList<>(TIMES);
    header.addAll(COLUMNS);
    return header;
  }

  @Override
  public List<List<@Nullable Object>> lines(ResultSet row) throws SQLException {
    var line = new ArrayList<@Nullable Object>();
    for (var time : TIMES) line.add(row.getTimestamp(time).toInstant());
    for (var column : COLUMNS)
      // jsonb would come as an object of the driver's
      line.add(column.equals("tags") ? row.getString(column) : row.getObject(column));
    return List.of(line);
  }
}
