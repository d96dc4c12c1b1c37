package dev.sluice.benchmarks.relay;

import dev.sluice.benchmarks.Benchmark;
import dev.sluice.benchmarks.ModelSpeed;
import dev.sluice.benchmarks.Row;
import dev.sluice.benchmarks.Run;
import dev.sluice.localstack.LocalStack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Many answers at once, each event from where a worker has read it to where an api instance would
 * write it to a socket. The baseline is the same streams read off the provider and no more.
 */
public final class RelayBenchmark implements Benchmark {
  private static final int[] RATES = {1_000, 5_000, 10_000};
  private static final int FIRST_TOKEN_MS = 20;
  private static final int BETWEEN_TOKENS_MS = 50;
  private static final int MORE_EVENTS = 8; // than an answer has tokens
  private static final Duration WARM_UP = Duration.ofSeconds(3);

  @Override
  public List<Row> run(Run run) throws InterruptedException {
    var options = run.stack().tier("tier-5").workers(0).apis(0).build();
    try (var stack = LocalStack.start(options);
        var passage = new Passage(run, stack.kafka().url())) {
      ModelSpeed.set(stack.simulator().url(), FIRST_TOKEN_MS, BETWEEN_TOKENS_MS);
      var model = ModelStream.of(stack.simulator().url(), run.quick() ? 40 : 200);
      Function<Measured, Reader> direct = DirectReader::new;
      Function<Measured, Reader> relayed = measured -> passage.reader(measured, events(model) + 1);
      run.say("Warming up");
      measure(model, relayed, RATES[RATES.length - 1], WARM_UP);
      var window = Duration.ofSeconds(run.quick() ? 3 : 25);
      var rows = new ArrayList<Row>();
      for (int rate : RATES) {
        run.say(
            "Measuring %,d events/s of each subject for %d s".formatted(rate, window.toSeconds()));
        rows.addAll(
            rows(
                rate, measure(model, direct, rate, window), measure(model, relayed, rate, window)));
      }
      return rows;
    }
  }

  /** As many answers all the time as it takes, each at another place of its stream. */
  private static Measured measure(
      ModelStream model, Function<Measured, Reader> readers, int rate, Duration window)
      throws InterruptedException {
    long answerTakes =
        TimeUnit.MILLISECONDS.toNanos(FIRST_TOKEN_MS + (model.tokens() - 1L) * BETWEEN_TOKENS_MS);
    int streams = (int) (rate * answerTakes / 1e9 / events(model));
    long begin = System.nanoTime();
    long from = begin + answerTakes;
    var measured = new Measured(from, from + window.toNanos());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<?>>();
      for (int i = 0; i < streams; i++) {
        long first = begin + answerTakes * i / streams;
        running.add(
            threads.submit(() -> {
              TimeUnit.NANOSECONDS.sleep(first - System.nanoTime());
              while (!measured.isOver()) read(model, readers.apply(measured), measured);
              return null;
            }));
      }
      for (var each : running) each.get();
    } catch (ExecutionException failed) {
      throw new IllegalStateException("an answer is missing", failed.getCause());
    }
    return measured;
  }

  private static int events(ModelStream model) {
    return model.tokens() + MORE_EVENTS;
  }

  private static void read(ModelStream model, Reader reader, Measured measured)
      throws InterruptedException {
    long askedAt = System.nanoTime();
    model.read(reader);
    reader.end();
    measured.answer(askedAt, System.nanoTime());
  }

  private static List<Row> rows(int rate, Measured direct, Measured relayed) {
    var added = relayed.added();
    return List.of(
        row("direct", rate, direct),
        row("sluice", rate, relayed)
            .figure("added_p50_ms", added.p50())
            .figure("added_p99_ms", added.p99())
            .figure("bytes_ratio", relayed.bytesPerSecond() / direct.bytesPerSecond())
            .figure("answer_time_ratio", relayed.answers().p50() / direct.answers().p50()));
  }

  private static Row row(String subject, int rate, Measured measured) {
    return Row.of(subject)
        .with("events_per_s_planned", rate)
        .figure("events_per_s", measured.eventsPerSecond())
        .with("event_bytes_per_s", Math.round(measured.bytesPerSecond()))
        .figure("answer_p50_ms", measured.answers().p50());
  }
}
