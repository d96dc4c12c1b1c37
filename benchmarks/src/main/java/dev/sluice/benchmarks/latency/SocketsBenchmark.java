package dev.sluice.benchmarks.latency;

import dev.sluice.benchmarks.AnyClient;
import dev.sluice.benchmarks.Benchmark;
import dev.sluice.benchmarks.Heap;
import dev.sluice.benchmarks.Row;
import dev.sluice.benchmarks.Run;
import dev.sluice.localstack.LocalStack;
import dev.sluice.localstack.Part;
import dev.sluice.localstack.program.PartKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;

/**
 * One api instance with thousands of open sockets: what each costs while it is idle, and what is
 * added to the time to the first token while hundreds of others stream. The baseline is the same
 * streams made straight to the provider at the same time.
 */
public final class SocketsBenchmark implements Benchmark {
  private static final int SOCKETS = 5_000;
  private static final int RATE = 100;
  private static final int STREAM_SECONDS = 5;
  // As many at once, of both subjects together: 100 a second of each, 5 s long, would be 1,000.
  private static final String QUESTION = "Why is the sea salty? [[tokens=20]]";

  @Override
  public List<Row> run(Run run) throws InterruptedException {
    int sockets = run.quick() ? SOCKETS / 5 : SOCKETS;
    var options =
        AnyClient.unlimited(run.stack().tier("tier-5"))
            .environment(PartKind.WORKER, "SLUICE_INTAKE_MAXINFLIGHT", "1000")
            .build();
    try (var stack = LocalStack.start(options);
        var direct = new DirectAsker(stack.simulator().url());
        var sluice = new SluiceAsker(stack.api(1).url());
        var crowd = new SluiceAsker(stack.api(1).url())) {
      sluice.open(run.quick() ? 64 : 600);
      run.say("Warming up");
      LatencyBenchmark.phase(direct, sluice, QUESTION, RATE / 2, run.quick() ? 10 : 30);
      long before = Heap.afterCollection(stack.api(1));
      run.say("Opening %,d sockets".formatted(sockets));
      crowd.open(sockets);
      long after = Heap.afterCollection(stack.api(1));
      var rows = new ArrayList<Row>();
      rows.add(
          Row.of("idle")
              .with("sockets", sockets)
              .figure("heap_per_socket_kb", (after - before) / 1_024.0 / sockets));
      slowStreams(stack.simulator());
      int seconds = run.quick() ? 15 : 45;
      run.say("Streaming beside them, %d new responses/s for %d s".formatted(RATE, seconds));
      var measured = LatencyBenchmark.phase(direct, sluice, QUESTION, RATE, seconds);
      for (var row : LatencyBenchmark.rows(RATE, measured))
        rows.add(row.with("sockets", sockets).with("streams_at_once", RATE * STREAM_SECONDS));
      return rows;
    }
  }

  /** 20 tokens in 5 s. */
  private static void slowStreams(Part simulator) throws InterruptedException {
    var latency = "{\"first_token_ms\":20,\"between_tokens_ms\":250,\"jitter_ms\":0}";
    var request =
        HttpRequest.newBuilder(URI.create(simulator.url() + "/simulator/latency"))
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(latency))
            .build();
    try (var http = HttpClient.newHttpClient()) {
      int status = http.send(request, BodyHandlers.discarding()).statusCode();
      if (status >= 300) throw new IllegalStateException("the simulator answers " + status);
    } catch (IOException unreachable) {
      throw new UncheckedIOException(unreachable);
    }
  }
}
