package dev.sluice.benchmarks.queue;

import dev.sluice.benchmarks.AnyClient;
import dev.sluice.benchmarks.Benchmark;
import dev.sluice.benchmarks.Distribution;
import dev.sluice.benchmarks.Row;
import dev.sluice.benchmarks.Run;
import dev.sluice.benchmarks.Tokens;
import dev.sluice.localstack.LocalStack;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;

/**
 * The time until its turn that each request is told when it is queued, against the time that it
 * took, on a tier that more is asked of than it grants. The baseline is what one would tell without
 * knowing: the mean wait of those before.
 */
public final class QueueBenchmark implements Benchmark {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final long SEED = 20_261_124;
  private static final String MODEL = "gpt-4o"; // 30,000 tokens a minute in tier-1
  private static final int SHORT = 150;
  private static final int LONG = 600;
  private static final double A_SECOND = 1.25 * 30_000 / 60 / ((SHORT + LONG) / 2.0);
  private static final long COUNTS_FROM_MS = 2_000; // less is no wait that one looks at

  /** What a request was told and what came of it. */
  private record Waited(long toldMs, long tookMs) {
    double error(double told) {
      return Math.abs(told - tookMs) / tookMs;
    }
  }

  @Override
  public List<Row> run(Run run) throws InterruptedException {
    int requests = (int) (A_SECOND * (run.quick() ? 75 : 240));
    var options = AnyClient.unlimited(run.stack().tier("tier-1").workers(2)).build();
    try (var stack = LocalStack.start(options);
        var http = HttpClient.newHttpClient();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var token = Tokens.of(stack.api(1).url(), "user1");
      var waited = new ConcurrentLinkedQueue<Waited>();
      var failed = new AtomicInteger();
      var random = new SplittableRandom(SEED);
      run.say("Asking %d times, 1.25 times what the tier grants".formatted(requests));
      for (int i = 0; i < requests; i++) {
        int tokens = random.nextBoolean() ? SHORT : LONG;
        var request = request(stack.api(1).url(), token, i, tokens);
        threads.execute(() -> ask(http, request, waited, failed));
        TimeUnit.NANOSECONDS.sleep((long) (-Math.log(1 - random.nextDouble()) / A_SECOND * 1e9));
      }
      run.say("Waiting for the last of them");
      threads.shutdown();
      if (!threads.awaitTermination(5, TimeUnit.MINUTES))
        throw new IllegalStateException("answers are missing");
      return rows(requests, List.copyOf(waited), failed.get());
    }
  }

  private static HttpRequest request(String api, String token, int number, int tokens) {
    var body =
        JSON.createObjectNode()
            .put("model", MODEL)
            .put("stream", true)
            .put("input", "What does tide number %d bring? [[tokens=4]]".formatted(number))
            .put("max_output_tokens", tokens);
    return HttpRequest.newBuilder(URI.create(api + "/v1/responses"))
        .header("Authorization", "Bearer " + token)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body.toString()))
        .build();
  }

  private static void ask(
      HttpClient http,
      HttpRequest request,
      ConcurrentLinkedQueue<Waited> waited,
      AtomicInteger failed) {
    try {
      var answer = http.send(request, BodyHandlers.ofInputStream());
      long told = -1;
      long from = 0;
      try (var lines =
          new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
          if (!line.startsWith("data: {")) continue;
          var event = JSON.readTree(line.substring("data: ".length()));
          if (!event.path("type").asString("").equals("response.created")) continue;
          // Sluice's own when it is queued, then the provider's
          if (told < 0) {
            told = event.path("sluice").path("eta_ms").asLong();
            from = System.nanoTime();
          } else {
            waited.add(new Waited(told, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from)));
          }
        }
      }
      if (told < 0) failed.incrementAndGet();
    } catch (IOException broken) {
      failed.incrementAndGet();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<Row> rows(int requests, List<Waited> all, int failed) {
    var counted = all.stream().filter(each -> each.tookMs >= COUNTS_FROM_MS).toList();
    double mean = counted.stream().mapToLong(Waited::tookMs).average().orElse(Double.NaN);
    var waits = Distribution.of(counted.stream().map(each -> each.tookMs * 1_000_000).toList());
    return List.of(
        row(
            "mean",
            requests,
            counted,
            waits,
            counted.stream().mapToDouble(it -> it.error(mean)).toArray()),
        row(
                "sluice",
                requests,
                counted,
                waits,
                counted.stream().mapToDouble(it -> it.error(it.toldMs)).toArray())
            .with("failed", failed));
  }

  private static Row row(
      String subject, int requests, List<Waited> counted, Distribution waits, double[] errors) {
    Arrays.sort(errors);
    return Row.of(subject)
        .with("requests", requests)
        .with("waited", counted.size())
        .figure("wait_p50_ms", waits.p50())
        .figure("wait_p99_ms", waits.p99())
        .figure("eta_error_median_pct", 100 * at(errors, 0.5))
        .figure("eta_error_p90_pct", 100 * at(errors, 0.9));
  }

  private static double at(double[] sorted, double share) {
    if (sorted.length == 0) return Double.NaN;
    return sorted[Math.clamp((int) (share * sorted.length), 0, sorted.length - 1)];
  }
}
