package dev.sluice.api;

import dev.sluice.localstack.LocalStack;
import dev.sluice.localstack.StackOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;

/** Real Kafka, Redis and Postgres, started once for all tests of this module. */
public final class TestingStack {
  private static final LocalStack STACK = start();

  private TestingStack() {}

  public static String redis() {
    return STACK.redis().url();
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
