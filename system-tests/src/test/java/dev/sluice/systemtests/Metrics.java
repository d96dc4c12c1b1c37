package dev.sluice.systemtests;

import java.util.regex.Pattern;

/** What a service tells Prometheus. */
record Metrics(String url, String... headers) {
  /** What an api tells an operator. */
  static Metrics ofApi() {
    return new Metrics(
        TestingSystem.url(), "Authorization", "Bearer " + TestingSystem.token("ops"));
  }

  /** Of all series of that name with these tags, written as Prometheus shows them; 0 if none. */
  double value(String name, String... tags) {
    var line = Pattern.compile("(?m)^" + name + "(?:\\{(.*)})? ([-+.0-9eE]+)$");
    double sum = 0;
    for (var found : line.matcher(read()).results().toList()) {
      var series = found.group(1) == null ? "" : found.group(1);
      boolean wanted = true;
      for (var tag : tags) wanted &= series.contains(tag);
      if (wanted) sum += Double.parseDouble(found.group(2));
    }
    return sum;
  }

  private String read() {
    return TestingSystem.get(url + "/actuator/prometheus", headers).body();
  }
}
