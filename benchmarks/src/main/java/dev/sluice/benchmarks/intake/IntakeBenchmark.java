package dev.sluice.benchmarks.intake;

import dev.sluice.benchmarks.Benchmark;
import dev.sluice.benchmarks.Distribution;
import dev.sluice.benchmarks.Heap;
import dev.sluice.benchmarks.Row;
import dev.sluice.benchmarks.Run;
import dev.sluice.localstack.LocalStack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The worker's intake beside spring-kafka's listeners, each with requests that take a second: how
 * many a second it gets done of a backlog, and how soon it starts one while fewer come than it can
 * do. Nobody calls a model: the work is to sleep.
 */
public final class IntakeBenchmark implements Benchmark {
  static final int PARTITIONS = 48;
  static final int IN_FLIGHT = 500;

  /** What the blocking listener can do too, and nine tenths of what the others can. */
  private static final int SLOW = 25;

  private static final int FAST = IN_FLIGHT * 9 / 10;

  private static final Duration HEAP_TAKES = Duration.ofSeconds(6);

  /** How long each phase counts, and how long it has run before. */
  private record Phase(Duration warmUp, Duration window) {
    static Phase of(Run run) {
      return run.quick()
          ? new Phase(Duration.ofSeconds(1), Duration.ofSeconds(5))
          : new Phase(Duration.ofSeconds(5), Duration.ofSeconds(25));
    }

    Duration whole() {
      return warmUp.plus(window);
    }
  }

  @Override
  public List<Row> run(Run run) throws InterruptedException {
    var options = run.stack().infrastructureOnly().build();
    try (var stack = LocalStack.start(options);
        var records = new Records(stack.kafka().url())) {
      var kafka = stack.kafka().url();
      var rows = new ArrayList<Row>();
      rows.addAll(throughput(run, kafka, records));
      if (!run.quick())
        for (var engine : Engine.values()) rows.add(hop(run, kafka, records, engine, SLOW));
      rows.add(hop(run, kafka, records, Engine.ASYNC_ACKS, FAST));
      rows.add(hop(run, kafka, records, Engine.SLUICE, FAST));
      return rows;
    }
  }

  private static List<Row> throughput(Run run, String kafka, Records records)
      throws InterruptedException {
    var rows = new ArrayList<Row>();
    double baseline = Double.NaN;
    for (var engine : Engine.values()) {
      var done = backlog(run, kafka, records, engine);
      if (engine == Engine.BLOCKING) baseline = done.perSecond();
      var row =
          row(engine, "backlog")
              .figure("requests_per_s", done.perSecond())
              .figure("ratio", done.perSecond() / baseline);
      rows.add(engine == Engine.SLUICE ? row.figure("heap_mb", done.heap() / 1_048_576.0) : row);
    }
    return rows;
  }

  /**
   * @param heap in use while as many requests run as may, bytes
   */
  private record Done(double perSecond, long heap) {}

  /** Works off a backlog that does not end. */
  private static Done backlog(Run run, String kafka, Records records, Engine engine)
      throws InterruptedException {
    var phase = Phase.of(run);
    run.say("%s works off a backlog, %d s".formatted(engine.label(), phase.window().toSeconds()));
    var lane = records.lane("backlog-" + engine.label());
    var enough = phase.whole().plus(HEAP_TAKES).plus(Work.TIME.multipliedBy(4));
    records.backlog(lane, (int) (IN_FLIGHT * enough.toSeconds()));
    try (var process = EngineProcess.start(run, engine, kafka, lane, engine.most())) {
      TimeUnit.NANOSECONDS.sleep(phase.warmUp().toNanos());
      long from = Work.now();
      TimeUnit.NANOSECONDS.sleep(phase.window().toNanos());
      long to = Work.now();
      long heap = engine == Engine.SLUICE ? Heap.afterCollection(process.pid()) : 0;
      double done = process.end().stream().mapToDouble(each -> each.shareIn(from, to)).sum();
      return new Done(done * 1e9 / (to - from), heap);
    }
  }

  /** Takes what comes, at a rate that leaves it idle at times. */
  private static Row hop(Run run, String kafka, Records records, Engine engine, int rate)
      throws InterruptedException {
    var phase = Phase.of(run);
    run.say(
        "%s takes %d requests/s, %d s".formatted(engine.label(), rate, phase.window().toSeconds()));
    var lane = records.lane("rate-%d-%s".formatted(rate, engine.label()));
    records.backlog(lane, 1);
    try (var process = EngineProcess.start(run, engine, kafka, lane, 1)) {
      long from = Work.now() + phase.warmUp().toNanos();
      records.stream(lane, rate, phase.whole());
      long to = Work.now();
      TimeUnit.NANOSECONDS.sleep(Work.TIME.multipliedBy(2).toNanos()); // the last ones too
      var counted =
          process.end().stream()
              .filter(each -> each.producedAt() >= from && each.producedAt() < to)
              .toList();
      var hops = Distribution.of(counted.stream().map(Worked::hop).toList());
      return row(engine, "rate")
          .figure("requests_per_s", hops.size() * 1e9 / (to - from))
          .with("requests", hops.size())
          .figure("hop_p50_ms", hops.p50())
          .figure("hop_p99_ms", hops.p99());
    }
  }

  private static Row row(Engine engine, String phase) {
    return Row.of(engine.label()).with("phase", phase).with("in_flight_max", engine.most());
  }
}
