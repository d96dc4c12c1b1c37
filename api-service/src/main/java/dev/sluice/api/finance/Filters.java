package dev.sluice.api.finance;

import static java.util.stream.Collectors.joining;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Names that rows must have. Several of one kind mean any of them.
 *
 * @param wanted by what they are names of
 */
record Filters(Map<Dimension, List<String>> wanted) {
  static Filters of(Parameters parameters, List<Dimension> possible) {
    var wanted = new LinkedHashMap<Dimension, List<String>>();
    for (var dimension : possible) {
      var names = parameters.all(dimension.label());
      if (!names.isEmpty()) wanted.put(dimension, names);
    }
    return new Filters(wanted);
  }

  /** To stand behind another condition, with a named parameter for each kind. */
  String sql() {
    return wanted.keySet().stream()
        .map(dimension -> " and %s in (:%s)".formatted(dimension.column(), dimension.label()))
        .collect(joining());
  }

  Map<String, List<String>> parameters() {
    var parameters = new LinkedHashMap<String, List<String>>();
    wanted.forEach((dimension, names) -> parameters.put(dimension.label(), names));
    return parameters;
  }
}
