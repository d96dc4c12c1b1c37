package dev.sluice.benchmarks.budget;

import dev.sluice.benchmarks.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BinaryOperator;
import java.util.regex.Pattern;

/**
 * What workers tell Prometheus, added up over all of them; of quantiles the highest.
 *
 * @param series value by name and labels
 */
record WorkerMetrics(Map<String, Double> series) {
  private static final String EXCHANGES = "sluice_budget_exchanges_total";
  private static final String RESERVATION = "sluice_budget_reservation_seconds";
  private static final Pattern LINE = Pattern.compile("(\\w+(?:\\{.*})?) (\\S+)");
  private static final String QUANTILE = "quantile=\"";

  /**
   * @param workers their addresses
   */
  static WorkerMetrics of(List<String> workers) {
    var sums = new HashMap<String, Double>();
    try (var http = HttpClient.newHttpClient()) {
      for (var worker : workers) {
        var request = HttpRequest.newBuilder(URI.create(worker + "/actuator/prometheus")).build();
        parse(http.send(request, BodyHandlers.ofString()).body())
            .series()
            .forEach((name, value) -> sums.merge(name, value, together(name)));
      }
    } catch (IOException unreachable) {
      throw new UncheckedIOException("a worker does not tell its metrics", unreachable);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
    return new WorkerMetrics(sums);
  }

  /** Sums are added up, quantiles cannot be. */
  private static BinaryOperator<Double> together(String name) {
    return name.contains(QUANTILE) ? Math::max : Double::sum;
  }

  static WorkerMetrics parse(String exposition) {
    var series = new HashMap<String, Double>();
    exposition
        .lines()
        .forEach(line -> {
          var matcher = LINE.matcher(line);
          if (!line.startsWith("#") && matcher.matches())
            series.put(
                matcher.group(1), Double.parseDouble(matcher.group(2).replace("Inf", "Infinity")));
        });
    return new WorkerMetrics(series);
  }

  /** What has been added since {@code before}; quantiles as they are now. */
  WorkerMetrics since(WorkerMetrics before) {
    var grown = new HashMap<String, Double>();
    series.forEach((name, value) -> {
      double then = name.contains(QUANTILE) ? 0 : before.series.getOrDefault(name, 0.0);
      grown.put(name, value - then);
    });
    return new WorkerMetrics(grown);
  }

  /**
   * What the budget step cost, as far as the workers tell.
   *
   * @param requests that were made in the same time
   */
  Row describe(Row row, String pool, long requests) {
    var described = row;
    var exchanges = counter(EXCHANGES);
    if (exchanges.isPresent() && requests > 0)
      described =
          described.figure("budget_exchanges_per_request", exchanges.getAsDouble() / requests);
    var p50 = quantile(pool, "0.5");
    var p99 = quantile(pool, "0.99");
    if (p50.isPresent() && p99.isPresent())
      described =
          described
              .figure("budget_p50_ms", p50.getAsDouble() * 1e3)
              .figure("budget_p99_ms", p99.getAsDouble() * 1e3);
    return described;
  }

  /** A counter over all its labels; empty if no worker has it. */
  OptionalDouble counter(String name) {
    var values =
        series.entrySet().stream()
            .filter(each -> each.getKey().equals(name) || each.getKey().startsWith(name + "{"))
            .mapToDouble(Map.Entry::getValue)
            .toArray();
    return values.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(Arrays.stream(values).sum());
  }

  /** A quantile that the workers have computed, s; of several workers the slowest one's. */
  private OptionalDouble quantile(String pool, String share) {
    return series.entrySet().stream()
        .filter(each -> each.getKey().startsWith(RESERVATION + "{"))
        .filter(each -> each.getKey().contains("pool=\"" + pool + "\""))
        .filter(each -> each.getKey().contains(QUANTILE + share + "\""))
        .mapToDouble(Map.Entry::getValue)
        .filter(Double::isFinite)
        .max();
  }
}
