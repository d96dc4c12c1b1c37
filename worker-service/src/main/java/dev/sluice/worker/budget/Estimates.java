package dev.sluice.worker.budget;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What requests of a model really need, learnt from what the provider says: how far our count of
 * the input is off, how much of what we reserve it charges, and how long answers are. The fleet
 * learns together. Thread-safe; nothing blocks.
 */
public final class Estimates implements AutoCloseable {
  /*
   * Admission reserves the larger of two guesses at what the provider charges for the input: its
   * documented rule, a token for every four characters, and the tokens that we count. For code,
   * short messages, images and most scripts but Latin the second is larger, and if the provider goes
   * by the first, that part of the limit stays unused. How much of this surcharge it really charges
   * is learnt from its own counters:
   *
   * - A counter shows the charge of one request where it shows nothing else: a bucket that had
   *   drained when the request came. Whatever else it shows, calls that came with it, makes the
   *   charge look larger: beyond what it can have been it tells nothing, below that it errs on the
   *   safe side.
   * - The reservation is never below the rule, whatever was learnt: what the provider documents
   *   cannot end in refusals, and requests of a model differ, while a rate learnt of some would be
   *   applied to others. Nor is it above what admission counted: that the provider charges more
   *   cannot be told from others' use, and Feedback leaves both their share.
   *
   * Both corrections are ratio estimators (a sum over a sum; Cochran, Sampling Techniques, ch. 6), so
   * that large requests weigh more, as they do in the budget, and what is reserved too much and too
   * little cancels over a minute. Until there are samples a few imaginary ones say that nothing is
   * off. Sums are halved when they have grown large: what is old is forgotten.
   */
  private static final double MOST_OFF = 4;
  private static final double QUANTILE = 0.9;
  private static final double STEP = 0.05;
  private static final Duration SHARED_EVERY = Duration.ofSeconds(2);

  private final MeterRegistry registry;
  private final EstimateStore store;
  private final Map<String, Learnt> models = new ConcurrentHashMap<>();
  private final ScheduledExecutorService sharing =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("estimate-sharing").daemon().factory());

  /**
   * What a request will probably need, tokens.
   *
   * @param counted input, as it was counted
   * @param input that the provider will probably count
   * @param least what its rule charges
   * @param most what admission would reserve
   * @param charge what it will probably charge: to be reserved
   */
  public record Estimate(
      String model, long counted, long input, long least, long most, long charge) {}

  /** Guarded by itself. */
  private static final class Learnt {
    LearntSums shared = LearntSums.NONE; // by the fleet, when last heard of
    LearntSums fresh = LearntSums.NONE; // here, and told nobody yet
    boolean isTold; // the store has been asked and has not answered yet
    double output;

    LearntSums all() {
      return shared.plus(fresh);
    }
  }

  Estimates(MeterRegistry registry, EstimateStore store) {
    this.registry = registry;
    this.store = store;
    long pause = SHARED_EVERY.toMillis();
    var _ = sharing.scheduleWithFixedDelay(this::share, pause, pause, TimeUnit.MILLISECONDS);
  }

  /**
   * @param counted input tokens, as we count them
   * @param least tokens that the provider's rule charges
   * @param most tokens that admission would reserve
   */
  public Estimate of(String model, long counted, long least, long most) {
    var sums = sums(model);
    long surcharge = Math.max(0, most - least);
    return new Estimate(
        model,
        counted,
        Math.max(1, Math.round(counted * sums.inputCorrection())),
        Math.min(least, most),
        most,
        most - surcharge + Math.round(surcharge * sums.surchargeShare()));
  }

  /**
   * A whole answer has come.
   *
   * @param input tokens that the provider counted
   * @param output likewise
   */
  public void answered(Estimate estimate, long input, long output) {
    if (estimate.counted <= 0 || input <= 0) return;
    double off = Math.clamp((double) input / estimate.counted, 1 / MOST_OFF, MOST_OFF);
    var learnt = learnt(estimate.model);
    synchronized (learnt) {
      learnt.fresh = learnt.fresh.withAnswer(estimate.counted, Math.round(estimate.counted * off));
      learnt.output = next(learnt.output, output);
    }
    DistributionSummary.builder("sluice.estimate.input.error")
        .description("How far the estimated input was off, as a share of what the provider counted")
        .tag("model", estimate.model)
        .publishPercentiles(0.5, 0.9)
        .register(registry)
        .record(off(estimate.input, input));
  }

  /**
   * The provider has admitted a request and told its counter, which had stood at nothing before.
   *
   * @param used tokens, by the counter
   */
  public void charged(Estimate estimate, long used) {
    if (used <= 0) return;
    long surcharge = estimate.most - estimate.least;
    if (surcharge > 0 && used <= estimate.most) {
      var learnt = learnt(estimate.model);
      synchronized (learnt) {
        learnt.fresh =
            learnt.fresh.withCharge(surcharge, Math.clamp(used - estimate.least, 0, surcharge));
      }
    }
    DistributionSummary.builder("sluice.estimate.charge.error")
        .description(
            "How far the reserved tokens were off, as a share of what the provider charged")
        .tag("model", estimate.model)
        .publishPercentiles(0.5, 0.9)
        .register(registry)
        .record(off(estimate.charge, used));
  }

  private static double off(long estimated, long told) {
    return Math.abs(1 - (double) estimated / told);
  }

  /** A running quantile: up by a lot for each answer above it, down by a little for each below. */
  private static double next(double quantile, long output) {
    if (quantile == 0) return output;
    double step = Math.max(1, quantile * STEP);
    return output > quantile ? quantile + step * QUANTILE : quantile - step * (1 - QUANTILE);
  }

  private LearntSums sums(String model) {
    var learnt = learnt(model);
    synchronized (learnt) {
      return learnt.all();
    }
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

  /** Tells the fleet what was learnt here, and hears what it has learnt. */
  void share() {
    models.forEach(this::share);
  }

  private void share(String model, Learnt learnt) {
    LearntSums told;
    LearntSums known;
    synchronized (learnt) {
      if (learnt.isTold) return;
      learnt.isTold = true;
      told = learnt.fresh;
      known = learnt.shared;
    }
    var _ =
        store
            .add(model, told, known)
            .whenComplete((now, unavailable) -> {
              synchronized (learnt) {
                learnt.isTold = false;
                // What is fresh stays so until it is told; that Redis is away, the budget says
                if (unavailable != null) return;
                learnt.shared = now;
                learnt.fresh = learnt.fresh.minus(told);
              }
            });
  }

  @Override
  public void close() {
    sharing.shutdownNow();
  }
}
