package dev.sluice.benchmarks.cache;

import dev.sluice.benchmarks.AnyClient;
import dev.sluice.benchmarks.Benchmark;
import dev.sluice.benchmarks.Distribution;
import dev.sluice.benchmarks.Row;
import dev.sluice.benchmarks.Run;
import dev.sluice.benchmarks.Tokens;
import dev.sluice.localstack.LocalStack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;

/**
 * Questions of which 38 % were asked before, some of them while they are still being answered: with
 * shared answers, and, as the baseline, without. The provider's audit is the judge of what was
 * called and charged.
 */
public final class CacheBenchmark implements Benchmark {
  private static final double REPEATED = 0.38;
  private static final long SEED = 20_261_124;
  private static final int A_SECOND = 20;
  private static final JsonMapper JSON = JsonMapper.shared();
  // gpt-4o-mini, USD per 1,000,000 tokens
  private static final BigDecimal INPUT = new BigDecimal("0.15");
  private static final BigDecimal OUTPUT = new BigDecimal("0.60");

  @Override
  public List<Row> run(Run run) throws InterruptedException {
    int questions = run.quick() ? 200 : 1_000;
    var options = AnyClient.unlimited(run.stack().tier("tier-5")).build();
    try (var stack = LocalStack.start(options);
        var http = HttpClient.newHttpClient()) {
      var asking = new Asking(http, stack.api(1).url(), Tokens.of(stack.api(1).url(), "user1"));
      var audit = stack.simulator().url() + "/audit/requests";
      run.say("Warming up");
      asking.ask("off", workload(100, 1), "warm-up");
      var rows = new ArrayList<Row>();
      for (var subject : List.of("uncached", "cached")) {
        run.say("Measuring %s, %d questions".formatted(subject, questions));
        send(http, HttpRequest.newBuilder(URI.create(audit)).DELETE().build());
        var mode = subject.equals("cached") ? "on" : "off";
        var asked = asking.ask(mode, workload(questions, SEED), subject);
        var calls = send(http, HttpRequest.newBuilder(URI.create(audit)).GET().build());
        rows.add(row(subject, questions, asked, calls));
      }
      return List.of(rows.getFirst(), rows.getLast().with("cost_ratio", ratio(rows)));
    }
  }

  private static double ratio(List<Row> rows) {
    var without = new BigDecimal(String.valueOf(rows.getFirst().fields().get("cost_usd")));
    var with = new BigDecimal(String.valueOf(rows.getLast().fields().get("cost_usd")));
    return with.divide(without, 3, RoundingMode.HALF_EVEN).doubleValue();
  }

  private static Row row(String subject, int questions, Asked asked, String audit) {
    long input = 0;
    long output = 0;
    int calls = 0;
    for (var line : audit.lines().toList()) {
      var call = JSON.readTree(line);
      calls++;
      input += call.path("input_tokens").asLong();
      output += call.path("output_tokens").asLong();
    }
    var cost =
        INPUT
            .multiply(BigDecimal.valueOf(input))
            .add(OUTPUT.multiply(BigDecimal.valueOf(output)))
            .movePointLeft(6);
    var times = Distribution.of(asked.nanos);
    return Row.of(subject)
        .with("questions", questions)
        .figure("repeated_pct", 100 * REPEATED)
        .with("upstream_calls", calls)
        .with("hits", asked.hits.get())
        .with("coalesced", asked.coalesced.get())
        .with("failed", asked.failed.get())
        .with("cost_usd", cost.toPlainString())
        .figure("answer_p50_ms", times.p50())
        .figure("answer_p99_ms", times.p99());
  }

  /** Numbers of questions: each is new, or one of those before, recent ones as likely as old. */
  private static List<Integer> workload(int questions, long seed) {
    var random = new SplittableRandom(seed);
    var asked = new ArrayList<Integer>();
    int next = 0;
    for (int i = 0; i < questions; i++) {
      boolean again = next > 0 && random.nextDouble() < REPEATED;
      asked.add(again ? random.nextInt(next) : next++);
    }
    return asked;
  }

  private static final class Asked {
    final ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
    final AtomicInteger hits = new AtomicInteger();
    final AtomicInteger coalesced = new AtomicInteger();
    final AtomicInteger failed = new AtomicInteger();
  }

  private record Asking(HttpClient http, String api, String token) {
    Asked ask(String cache, List<Integer> questions, String name) throws InterruptedException {
      var asked = new Asked();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int number : questions) {
          threads.execute(() -> one(cache, "What is %s %d?".formatted(name, number), asked));
          TimeUnit.MILLISECONDS.sleep(1_000 / A_SECOND);
        }
      }
      return asked;
    }

    private void one(String cache, String question, Asked asked) {
      var body =
          JSON.createObjectNode()
              .put("model", "gpt-4o-mini")
              .put("input", question + " Please explain it at some length. [[tokens=60]]")
              .put("temperature", 0);
      var request =
          HttpRequest.newBuilder(URI.create(api + "/v1/responses"))
              .header("Authorization", "Bearer " + token)
              .header("Content-Type", "application/json")
              .header("X-Sluice-Cache", cache)
              .POST(BodyPublishers.ofString(body.toString()))
              .build();
      long from = System.nanoTime();
      try {
        var answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
          asked.failed.incrementAndGet();
          return;
        }
        asked.nanos.add(System.nanoTime() - from);
        switch (answer.headers().firstValue("x-sluice-cache").orElse("")) {
          case "hit" -> asked.hits.incrementAndGet();
          case "coalesced" -> asked.coalesced.incrementAndGet();
          default -> {
            // a call of its own
          }
        }
      } catch (IOException broken) {
        asked.failed.incrementAndGet();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static String send(HttpClient http, HttpRequest request) throws InterruptedException {
    try {
      return http.send(request, BodyHandlers.ofString()).body();
    } catch (IOException unreachable) {
      throw new UncheckedIOException(unreachable);
    }
  }
}
