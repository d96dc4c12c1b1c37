package dev.sluice.api.ops;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /api/ops/audit}: who has set what, when, from what to what; the newest first. */
@RestController
class SettingAudit {
  private static final int MOST = 200;
  private static final String CHANGES =
      """
      select set_at, set_by, setting, value_from, value_to
      from setting_audit
      order by set_at desc
      limit :most
      """;

  private final JdbcClient jdbc;

  SettingAudit(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Values are JSON; null means what is configured. */
  record Change(
      Instant at,
      String by,
      String setting,
      @JsonRawValue @Nullable String from,
      @JsonRawValue @Nullable String to) {}

  @GetMapping("/api/ops/audit")
  Map<String, List<Change>> changes() {
    return Map.of(
        "changes",
        jdbc.sql(CHANGES)
            .param("most", MOST)
            .query((row, _) ->
                new Change(
                    row.getTimestamp("set_at").toInstant(),
                    row.getString("set_by"),
                    row.getString("setting"),
                    row.getString("value_from"),
                    row.getString("value_to")))
            .list());
  }
}
