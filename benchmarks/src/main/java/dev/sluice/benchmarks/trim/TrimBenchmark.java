package dev.sluice.benchmarks.trim;

import dev.sluice.benchmarks.Benchmark;
import dev.sluice.benchmarks.Distribution;
import dev.sluice.benchmarks.Row;
import dev.sluice.benchmarks.Run;
import dev.sluice.common.token.TokenCounter;
import dev.sluice.common.trim.TrimProperties;
import dev.sluice.common.trim.TrimProperties.Mode;
import dev.sluice.common.trim.Trimmer;
import dev.sluice.common.trim.Trimming;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/**
 * A chat of 40 turns, every one of which is a request that carries all before it: what its input
 * costs as it is, and with the oldest turns left out by {@code sluice.trim.max-input-tokens}. The
 * code that is measured is the services' own; nothing is sent.
 */
public final class TrimBenchmark implements Benchmark {
  private static final String MODEL = "gpt-4o-mini";
  private static final int TURNS = 40;
  private static final long[] LIMITS = {4_000, 2_000};
  private static final double[] STEPS = {0.25, 0}; // the default, and no more than must

  private final TokenCounter counter = new TokenCounter();

  @Override
  public List<Row> run(Run run) {
    var chat = new Chat(MODEL, TURNS);
    var rows = new ArrayList<Row>();
    run.say("A chat of %d turns as it is".formatted(TURNS));
    var untrimmed = untrimmed(chat);
    var counting = times(run, chat, body -> counter.count(MODEL, body));
    rows.add(row("untrimmed", untrimmed, untrimmed, 0, counting));
    for (long limit : LIMITS)
      for (double step : STEPS) {
        run.say("With no more than %,d input tokens, step %s".formatted(limit, step));
        rows.add(trimmed(run, chat, limit, step, untrimmed));
      }
    return rows;
  }

  private Bill untrimmed(Chat chat) {
    var bill = new Bill(counter, MODEL);
    for (int turn = 1; turn <= chat.questions(); turn++) bill.add(chat.request(turn));
    return bill;
  }

  private Row trimmed(Run run, Chat chat, long limit, double step, Bill untrimmed) {
    var trimmer =
        new Trimmer(
            counter, new TrimProperties(Mode.ALWAYS, limit, Map.of(), 4_096, step, Map.of()));
    var bill = new Bill(counter, MODEL);
    int dropped = 0;
    for (int turn = 1; turn <= chat.questions(); turn++) {
      var fits = fit(trimmer, chat.request(turn));
      bill.add(fits.body());
      dropped = fits.dropped().droppedItems();
    }
    var times = times(run, chat, body -> fit(trimmer, body));
    return row("trimmed", bill, untrimmed, dropped, times)
        .with("max_input_tokens", limit)
        .with("step", step);
  }

  private static Trimming.Fits fit(Trimmer trimmer, ObjectNode body) {
    return switch (trimmer.fit(trimmer.read(body), MODEL, Long.MAX_VALUE, Long.MAX_VALUE)) {
      case Trimming.Fits fits -> fits;
      case Trimming.Refused refused -> throw refused.refusal();
    };
  }

  /** Of the last request, the longest, from its parsed body to what may be sent. */
  private static Distribution times(Run run, Chat chat, Function<ObjectNode, ?> work) {
    int measured = run.quick() ? 300 : 3_000;
    var nanos = new ArrayList<Long>(measured);
    for (int i = -measured; i < measured; i++) {
      var body = chat.request(TURNS);
      long began = System.nanoTime();
      if (work.apply(body) == null) throw new IllegalStateException("nothing was done");
      if (i >= 0) nanos.add(System.nanoTime() - began);
    }
    return Distribution.of(nanos);
  }

  private static Row row(
      String subject, Bill bill, Bill untrimmed, int dropped, Distribution times) {
    return Row.of(subject)
        .with("turns", TURNS)
        .with("input_tokens", bill.tokens())
        .figure("saved_pct", 100.0 * (untrimmed.tokens() - bill.tokens()) / untrimmed.tokens())
        .with("cost_usd", bill.cost())
        .with("cost_with_cache_usd", bill.costWithCache())
        .with("last_input_tokens", bill.lastTokens())
        .with("last_dropped_items", dropped)
        .figure("time_p50_ms", times.p50())
        .figure("time_p99_ms", times.p99());
  }
}
