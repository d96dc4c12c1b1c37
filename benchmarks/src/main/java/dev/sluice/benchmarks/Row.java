package dev.sluice.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was measured of one subject under one setting. Figures carry their unit in the name.
 *
 * @param fields in the order in which they are shown; numbers or text
 */
public record Row(Map<String, Object> fields) {
  /**
   * @param subject what was measured, such as {@code sluice} or a baseline's name
   */
  public static Row of(String subject) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("subject", subject);
    return new Row(fields);
  }

  /** A copy with one more field. */
  public Row with(String name, Object value) {
    var more = new LinkedHashMap<>(fields);
    more.put(name, value);
    return new Row(more);
  }

  /** A copy with one more figure, rounded so that it shows no false precision. */
  public Row figure(String name, double figure) {
    return with(name, Math.round(figure * 100) / 100.0);
  }
}
