package dev.sluice.benchmarks;

import dev.sluice.localstack.LocalStack;
import dev.sluice.localstack.StackOptions;

/** Real Kafka, Redis and Postgres, started once for all tests of this module. */
public final class TestingStack {
  private static final StackOptions OPTIONS = StackOptions.forTests().infrastructureOnly().build();
  private static final LocalStack STACK = LocalStack.start(OPTIONS);

  private TestingStack() {}

  public static String kafka() {
    return STACK.kafka().url();
  }

  /** A short run, of the repository around this module. */
  public static Run run() {
    return new Run(OPTIONS.home(), OPTIONS.dataFolder(), true);
  }
}
