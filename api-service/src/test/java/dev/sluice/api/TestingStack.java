package dev.sluice.api;

import dev.sluice.localstack.LocalStack;
import dev.sluice.localstack.StackOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;

/** Real Kafka, Redis and Postgres, started once for all tests of this module. */
public final class TestingStack {
  private static final LocalStack STACK = start();

  private TestingStack() {}

  public static String redis() {
    return STACK.redis().url();
  }

  /** {@code jdbc_url}, {@code user} and {@code password}. */
  public static Map<String, String> postgres() {
    return STACK.postgres().details();
  }

  private static LocalStack start() {
    try {
      var folder = Files.createTempDirectory("sluice-api-tests");
      return LocalStack.start(StackOptions.in(folder).infrastructureOnly().build());
    } catch (IOException noFolder) {
      throw new UncheckedIOException(noFolder);
    }
  }
}
