package dev.sluice.worker;

import dev.sluice.localstack.LocalStack;
import dev.sluice.localstack.StackOptions;

/** Real Kafka, Redis and Postgres, started once for all tests of this module. */
public final class TestingStack {
  private static final LocalStack STACK =
      LocalStack.start(StackOptions.forTests().infrastructureOnly().build());

  private TestingStack() {}

  public static String kafka() {
    return STACK.kafka().url();
  }

  public static String redis() {
    return STACK.redis().url();
  }

  public static LocalStack stack() {
    return STACK;
  }
}
