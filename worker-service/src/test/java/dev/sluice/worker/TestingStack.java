package dev.sluice.worker;

import dev.sluice.localstack.LocalStack;
import dev.sluice.localstack.StackOptions;
import java.nio.file.Path;

/** Real Kafka, Redis and Postgres, started once for all tests of this module. */
public final class TestingStack {
  private static final LocalStack STACK = start();

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

  private static LocalStack start() {
    var folder = Path.of(System.getProperty("stack.folder", "target/stack"));
    return LocalStack.start(StackOptions.throwaway(folder).infrastructureOnly().build());
  }
}
