package dev.sluice.benchmarks.latency;

import dev.sluice.benchmarks.AnyClient;
import dev.sluice.benchmarks.Benchmark;
import dev.sluice.benchmarks.Cpu;
import dev.sluice.benchmarks.Heap;
import dev.sluice.benchmarks.ModelSpeed;
import dev.sluice.benchmarks.Row;
import dev.sluice.benchmarks.Run;
import dev.sluice.localstack.LocalStack;
import dev.sluice.localstack.program.PartKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One api instance with thousands of open sockets: what each costs while it is idle, and what is
 * added to the time to the first token when hundreds of them stream. The baseline is the same
 * streams made straight to the provider, alone: on a machine that all parts share, two loads at
 * once would measure each other.
 */
public final class SocketsBenchmark implements Benchmark {
  private static final int SOCKETS = 5_000;
  private static final int[] RATES = {10, 25, 50, 100};
  private static final int STREAM_SECONDS = 5;
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
        var sluice = new SluiceAsker(stack)) {
      sluice.open(64);
      run.say("Warming up");
      var _ = new Load(QUESTION, 50, run.quick() ? 15 : 45).on(direct, sluice);
      var rows = new ArrayList<Row>();
      rows.add(idle(stack, sluice, sockets, run));
      ModelSpeed.set(stack.simulator().url(), 20, 250); // 20 tokens in 5 s
      for (int rate : RATES) rows.addAll(streaming(stack, direct, sluice, rate, run));
      return rows;
    }
  }

  private static Row idle(LocalStack stack, SluiceAsker sluice, int sockets, Run run)
      throws InterruptedException {
    long before = Heap.afterCollection(stack.api(1));
    run.say("Opening %,d sockets".formatted(sockets));
    sluice.open(sockets);
    long after = Heap.afterCollection(stack.api(1));
    return Row.of("idle")
        .with("sockets", sockets)
        .figure("heap_per_socket_kb", (after - before) / 1_024.0 / sockets);
  }

  private static List<Row> streaming(
      LocalStack stack, Asker direct, Asker sluice, int rate, Run run) throws InterruptedException {
    var settling = Duration.ofSeconds(2 * STREAM_SECONDS);
    var load = new Load(QUESTION, rate, settling, Duration.ofSeconds(run.quick() ? 10 : 30));
    run.say("%d new streams/s, %d at once".formatted(rate, rate * STREAM_SECONDS));
    var before = Cpu.of(stack);
    var baseline = load.on(direct).getFirst();
    var between = Cpu.of(stack);
    var measured = load.on(sluice).getFirst();
    var after = Cpu.of(stack);
    var asking = load.settling().plus(load.measured());
    var row = LatencyBenchmark.added(row("sluice", rate, measured), baseline, measured);
    return List.of(
        between.since(before, asking, row("direct", rate, baseline)),
        after.since(between, asking, row));
  }

  private static Row row(String subject, int rate, Load.Answers answers) {
    return LatencyBenchmark.row(subject, rate, answers)
        .with("streams_at_once", rate * STREAM_SECONDS);
  }
}
