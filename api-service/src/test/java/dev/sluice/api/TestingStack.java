package dev.sluice.api;

import dev.sluice.localstack.LocalStack;
import dev.sluice.localstack.StackOptions;
import java.util.Map;

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

  /** {@code jdbc_url}, {@code user} and {@code password}. */
  public static Map<String, String> postgres() {
    return STACK.postgres().details();
  }
}
