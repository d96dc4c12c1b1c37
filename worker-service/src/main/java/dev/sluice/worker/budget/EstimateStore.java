package dev.sluice.worker.budget;

import java.util.concurrent.CompletionStage;

/** Where the fleet adds up what it has learnt of each model. Thread-safe; nothing blocks. */
interface EstimateStore {
  /**
   * Adds what one worker has learnt.
   *
   * @param fresh to be added
   * @param known what the worker last heard: it takes the place of what the store has lost
   * @return what the fleet has learnt; fails if the store does not answer. It may have added all
   *     the same, and then what is repeated counts twice: of sums that are divided by each other
   *     little comes of it
   */
  CompletionStage<LearntSums> add(String model, LearntSums fresh, LearntSums known);
}
