package dev.sluice.worker.budget;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What requests of a model really need, learnt from what the provider says they used: how far our
 * count of the input is off, and how long answers are. Each worker learns by itself. Thread-safe.
 */
public final class Estimates {
  private static final double WEIGHT = 0.1; // of the newest answer
  private static final double MOST_OFF = 4;
  private static final double QUANTILE = 0.9;
  private static final double STEP = 0.05;

  private final MeterRegistry registry;
  private final Map<String, Learnt> models = new ConcurrentHashMap<>();

  /** Guarded by itself. */
  private static final class Learnt {
    double correction = 1;
    double output;
  }

  Estimates(MeterRegistry registry) {
    this.registry = registry;
  }

  /**
   * The input tokens that the provider will probably count.
   *
   * @param counted what we count
   */
  public long input(String model, long counted) {
    var learnt = learnt(model);
    synchronized (learnt) {
      return Math.max(1, Math.round(counted * learnt.correction));
    }
  }

  /**
   * An answer has come.
   *
   * @param estimated what {@link #input} had said
   * @param input what the provider counted
   * @param output likewise
   */
  public void learn(String model, long estimated, long input, long output) {
    if (estimated <= 0 || input <= 0) return;
    var learnt = learnt(model);
    double off = (double) input / estimated;
    synchronized (learnt) {
      // Geometric, so that twice and half weigh the same
      learnt.correction =
          Math.clamp(learnt.correction * Math.pow(off, WEIGHT), 1 / MOST_OFF, MOST_OFF);
      learnt.output = next(learnt.output, output);
    }
    DistributionSummary.builder("sluice.estimate.input.error")
        .description("How far the estimated input was off, as a share of what the provider counted")
        .tag("model", model)
        .publishPercentiles(0.5, 0.9)
        .register(registry)
        .record(Math.abs(1 - (double) estimated / input));
  }

  /** A running quantile: up by a lot for each answer above it, down by a little for each below. */
  private static double next(double quantile, long output) {
    if (quantile == 0) return output;
    double step = Math.max(1, quantile * STEP);
    return output > quantile ? quantile + step * QUANTILE : quantile - step * (1 - QUANTILE);
  }

  private Learnt learnt(String model) {
    return models.computeIfAbsent(
        model,
        name -> {
          var learnt = new Learnt();
          Gauge.builder("sluice.estimate.output", learnt, it -> it.output)
              .description("Nine in ten answers are no longer than this")
              .baseUnit("tokens")
              .tag("model", name)
              .register(registry);
          return learnt;
        });
  }
}
