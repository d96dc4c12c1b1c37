package dev.sluice.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The rows of one run, as a table for people and as JSON for tools. */
record Report(String bench, Instant at, List<Row> rows) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** {@code {"bench", "at", "machine", "rows": [{"subject", …}]}}. */
  void writeTo(Path file) {
    var document =
        Map.of(
            "bench", bench,
            "at", at.toString(),
            "machine", machine(),
            "rows", rows.stream().map(Row::fields).toList());
    try {
      Files.writeString(file, JSON.writeValueAsString(new TreeMap<>(document)) + "\n");
    } catch (IOException unwritable) {
      throw new UncheckedIOException("cannot write " + file, unwritable);
    }
  }

  /** A line a row; a figure that a subject lacks is a dash. */
  String table() {
    var columns = new LinkedHashSet<String>();
    rows.forEach(row -> columns.addAll(row.fields().keySet()));
    var lines = new ArrayList<List<String>>();
    lines.add(List.copyOf(columns));
    for (var row : rows)
      lines.add(
          columns.stream()
              .map(column -> String.valueOf(row.fields().getOrDefault(column, "–")))
              .toList());
    var table = new StringBuilder();
    for (var line : lines) {
      for (int column = 0; column < line.size(); column++) {
        int at = column;
        int width = lines.stream().mapToInt(each -> each.get(at).length()).max().orElse(0);
        table.append(line.get(column)).repeat(" ", width + 2 - line.get(column).length());
      }
      table.append('\n');
    }
    return table.toString();
  }

  private static String machine() {
    return "%d cores, %s %s, JDK %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            Runtime.version().feature());
  }
}
