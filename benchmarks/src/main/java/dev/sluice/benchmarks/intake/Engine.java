package dev.sluice.benchmarks.intake;

import dev.sluice.common.topic.Lane;
import java.nio.file.Path;
import java.util.Locale;

/** A way to take records off a topic; each runs in a JVM of its own. */
enum Engine {
  /** A listener that blocks for as long as the work takes, on as many threads as partitions. */
  BLOCKING(IntakeBenchmark.PARTITIONS) {
    @Override
    void start(String kafka, Lane lane, Work work, Path home) {
      SpringListener.blocking(kafka, lane.topic(), work);
    }
  },

  /** A listener that hands its records over at once and acknowledges them in any order. */
  ASYNC_ACKS(IntakeBenchmark.IN_FLIGHT) {
    @Override
    void start(String kafka, Lane lane, Work work, Path home) {
      SpringListener.asyncAcks(kafka, lane.topic(), work);
    }
  },

  /** The worker's intake. */
  SLUICE(IntakeBenchmark.IN_FLIGHT) {
    @Override
    void start(String kafka, Lane lane, Work work, Path home) {
      SluiceIntake.start(kafka, lane, work, home);
    }
  };

  private final int most;

  Engine(int most) {
    this.most = most;
  }

  /** Returns once it has begun; it works until the JVM ends. */
  abstract void start(String kafka, Lane lane, Work work, Path home);

  /** How many requests it can run at once. */
  int most() {
    return most;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
