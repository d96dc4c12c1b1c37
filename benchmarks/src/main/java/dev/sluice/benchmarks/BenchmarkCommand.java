package dev.sluice.benchmarks;

import dev.sluice.benchmarks.budget.BudgetBenchmark;
import dev.sluice.benchmarks.budget.RealTimeBudgetBenchmark;
import dev.sluice.benchmarks.cache.CacheBenchmark;
import dev.sluice.benchmarks.intake.IntakeBenchmark;
import dev.sluice.benchmarks.latency.LatencyBenchmark;
import dev.sluice.benchmarks.latency.SocketsBenchmark;
import dev.sluice.benchmarks.ledger.LedgerBenchmark;
import dev.sluice.benchmarks.queue.QueueBenchmark;
import dev.sluice.benchmarks.relay.RelayBenchmark;
import dev.sluice.benchmarks.trim.TrimBenchmark;
import dev.sluice.localstack.process.FileTree;
import dev.sluice.localstack.process.StackException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code ./sluice bench NAME [--json FILE] [--quick] [--data DIR]}. */
public final class BenchmarkCommand {
  private static final Map<String, Benchmark> BENCHMARKS =
      new TreeMap<>(
          Map.of(
              "budget", new BudgetBenchmark(),
              "budget-real-time", new RealTimeBudgetBenchmark(),
              "cache", new CacheBenchmark(),
              "intake", new IntakeBenchmark(),
              "latency", new LatencyBenchmark(),
              "ledger", new LedgerBenchmark(),
              "queue", new QueueBenchmark(),
              "relay", new RelayBenchmark(),
              "sockets", new SocketsBenchmark(),
              "trim", new TrimBenchmark()));

  private BenchmarkCommand() {}

  /** The system property {@code sluice.home} names the root of the repository. */
  public static void main(String[] arguments) {
    System.exit(run(new ArrayList<>(List.of(arguments))));
  }

  @SuppressWarnings("SystemOut") // a command's output
  private static int run(List<String> words) {
    var json = value(words, "--json");
    var data = value(words, "--data");
    boolean quick = words.remove("--quick");
    var name = words.size() == 1 ? words.getFirst() : "";
    var benchmark = BENCHMARKS.get(name);
    if (benchmark == null) {
      System.err.printf(
          "sluice: say which benchmark: %s%n", String.join(", ", BENCHMARKS.keySet()));
      return 1;
    }
    try {
      var folder = data == null ? Files.createTempDirectory("sluice-bench") : Path.of(data);
      try {
        var run = new Run(Path.of(System.getProperty("sluice.home", "")), folder, quick);
        var report = new Report(name, Instant.now(), benchmark.run(run));
        System.out.printf("%n%s%n", report.table());
        if (json != null) report.writeTo(Path.of(json));
        return 0;
      } finally {
        if (data == null) remove(folder);
      }
    } catch (StackException | UncheckedIOException failed) {
      System.err.println("sluice: " + failed.getMessage());
    } catch (IOException failed) {
      System.err.println("sluice: no folder for the stack's data: " + failed.getMessage());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    return 1;
  }

  private static @Nullable String value(List<String> words, String option) {
    int at = words.indexOf(option);
    if (at < 0 || at + 1 >= words.size()) return null;
    words.remove(at);
    return words.remove(at);
  }

  /** As far as it goes: what is left in the temporary folder must not hide why a run failed. */
  @SuppressWarnings("SystemOut") // a command's output
  private static void remove(Path folder) {
    try {
      FileTree.remove(folder);
    } catch (IOException left) {
      System.err.println("sluice: could not remove " + folder);
    }
  }
}
