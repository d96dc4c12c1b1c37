package dev.sluice.systemtests;

import java.util.regex.Pattern;

/**
 * What a service tells Prometheus.
 *
 * @param token of an operator, for an api; empty for a worker, which asks for none
 */
record Metrics(String url, String token) {
  Metrics(String url) {
    this(url, "");
  }

  /** What an api tells an operator. */
  static Metrics ofApi() {
    return new Metrics(TestingSystem.url(), TestingSystem.token("ops"));
  }

  /** Waits until the first worker goes by a limit that an operator has just set. */
  static void awaitLimit(String pool, String bandwidth, double limit) {
    var worker = new Metrics(TestingSystem.stack().worker(1).url());
    org.awaitility.Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(20))
        .until(() ->
            worker.value(
                    "sluice_budget_limit",
                    "pool=\"" + pool + "\"",
                    "bandwidth=\"" + bandwidth + "\"")
                == limit);
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

  /** All of it, as Prometheus reads it. */
  String read() {
    var address = url + "/actuator/prometheus";
    return token.isEmpty()
        ? TestingSystem.get(address).body()
        : TestingSystem.get(address, "Authorization", "Bearer " + token).body();
  }
}
