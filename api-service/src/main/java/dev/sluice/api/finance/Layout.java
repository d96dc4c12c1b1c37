package dev.sluice.api.finance;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an export makes of the ledger's rows. */
interface Layout {
  /** Names of the columns; the one of the cursor comes after them. */
  List<String> header();

  /** The lines of a row of {@code ledger_entry}, always the same ones in the same order. */
  List<List<@Nullable Object>> lines(ResultSet row) throws SQLException;
}
