package dev.sluice.benchmarks.budget;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * One or several processes that each run the algorithm of OpenAI's cookbook, {@link
 * CookbookProcessor}, and know nothing of each other. They are objects in this JVM; {@link Skew}
 * says how uneven their load is.
 */
final class CookbookProcessors implements Subject {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<CookbookProcessor> processors = new ArrayList<>();
  private final Skew skew; // guarded by this

  /**
   * @param share of the account's limits that each believes to have
   */
  CookbookProcessors(ProviderCall provider, Account account, int processes, double share) {
    this.skew = new Skew(processes);
    for (int i = 0; i < processes; i++) {
      var processor = new CookbookProcessor(provider, account, share, threads);
      processors.add(processor);
      threads.execute(processor);
    }
  }

  @Override
  public void ask(Question question) {
    processors.get(process()).ask(question);
  }

  private synchronized int process() {
    return skew.next();
  }

  @Override
  public long lost() {
    return processors.stream().mapToLong(CookbookProcessor::lost).sum();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
