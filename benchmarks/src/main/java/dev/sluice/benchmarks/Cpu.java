package dev.sluice.benchmarks;

import dev.sluice.localstack.LocalStack;
import dev.sluice.localstack.Part;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * CPU time that the parts of a stack and the benchmark itself have used: where they share a machine
 * that is busy, all that waits for a processor is late, whoever it is.
 */
public final class Cpu {
  private final Map<String, Duration> used = new LinkedHashMap<>();

  private Cpu() {}

  /** As of now. */
  public static Cpu of(LocalStack stack) {
    var now = new Cpu();
    now.used.put("client", of(ProcessHandle.current()));
    for (var part : stack.parts()) now.used.merge(part.kind().label(), of(part), Duration::plus);
    return now;
  }

  private static Duration of(Part part) {
    if (part.pid().isEmpty()) return Duration.ZERO;
    // Postgres is a process a connection
    return ProcessHandle.of(part.pid().getAsLong()).stream()
        .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
        .map(Cpu::of)
        .reduce(Duration.ZERO, Duration::plus);
  }

  private static Duration of(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /**
   * Processors that each part kept busy, in a row's fields.
   *
   * @param load for how long that was asked for which the time was used, though some of it later
   */
  public Row since(Cpu before, Duration load, Row row) {
    double seconds = load.toNanos() / 1e9;
    double all = 0;
    var more = row;
    for (var part : used.entrySet()) {
      var spent = part.getValue().minus(before.used.getOrDefault(part.getKey(), Duration.ZERO));
      double cores = spent.toNanos() / 1e9 / seconds;
      all += cores;
      if (cores >= 0.005) more = more.figure("cores_" + part.getKey(), cores);
    }
    return more.figure("cores", all);
  }
}
