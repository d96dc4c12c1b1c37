package dev.sluice.benchmarks.latency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Questions that arrive at random (a Poisson process), whether or not the ones before have been
 * answered.
 *
 * @param rate questions a second to each subject
 * @param settling at the start, while the number of answers under way still grows; not measured
 */
record Load(String question, int rate, Duration settling, Duration measured) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long SEED = 20_261_124;

  Load(String question, int rate, int seconds) {
    this(question, rate, Duration.ZERO, Duration.ofSeconds(seconds));
  }

  /** What came of the questions to one subject that were measured. */
  static final class Answers {
    final Queue<Long> times = new ConcurrentLinkedQueue<>();
    private final AtomicInteger asked = new AtomicInteger();

    /** Questions that were not answered, or not to their end within the patience. */
    int failed() {
      return asked.get() - times.size();
    }
  }

  /**
   * Asks subjects by turns, each at the rate.
   *
   * @return in the order of the subjects; questions still unanswered after half a minute are failed
   */
  List<Answers> on(Asker... subjects) throws InterruptedException {
    var answers = new ArrayList<Answers>();
    for (int i = 0; i < subjects.length; i++) answers.add(new Answers());
    var running = new ArrayList<CompletableFuture<?>>();
    var random = new SplittableRandom(SEED);
    double perSecond = (double) rate * subjects.length;
    long unmeasured = Math.round(perSecond * settling.toSeconds());
    long all = unmeasured + Math.round(perSecond * measured.toSeconds());
    long next = System.nanoTime();
    for (int i = 0; i < all; i++) {
      next += (long) (-Math.log(1 - random.nextDouble()) / perSecond * 1e9);
      TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
      int turn = i % subjects.length;
      var answer = subjects[turn].ask(question);
      running.add(i < unmeasured ? answer : measured(answer, answers.get(turn)));
    }
    await(running);
    return answers;
  }

  private static CompletableFuture<?> measured(CompletableFuture<Long> answer, Answers answers) {
    answers.asked.incrementAndGet();
    return answer.thenAccept(answers.times::add);
  }

  private static void await(List<CompletableFuture<?>> running) throws InterruptedException {
    var all = running.stream().map(each -> each.exceptionally(_ -> null));
    try {
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      // They are counted as failed
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
