package dev.sluice.localstack.command;

import dev.sluice.localstack.LocalStack;
import dev.sluice.localstack.OpenAiAccess;
import dev.sluice.localstack.StackOptions;
import dev.sluice.localstack.process.StackException;
import dev.sluice.localstack.program.PartKind;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** Starts the stack and keeps it running until it is told to stop. */
final class UpCommand {

  static final String READY = "Sluice is ready: ";

  private static final String ADMIN_KEY = "SLUICE_RECONCILIATION_ADMINKEY";
  private static final int MOST_INSTANCES = 12; // one reply partition for each api
  private static final List<String> TIERS =
      List.of("free", "tier-1", "tier-2", "tier-3", "tier-4", "tier-5");

  private final Path home;
  private final Path data;

  UpCommand(Path home, Path data) {
    this.home = home;
    this.data = data;
  }

  int run(List<String> words, Arguments arguments) {
    boolean detach = arguments.flag("--detach");
    var options = options(arguments, environment());
    if (detach) {
      return new DetachedUp(home, options.dataFolder()).run(words);
    }
    System.out.println(
        options
            .openAi()
            .map(access -> "Using the OpenAI API at " + access.baseUrl())
            .orElse("No OPENAI_API_KEY: answers come from the simulator"));
    var stopping = new AtomicBoolean();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (!stopping.getAndSet(true)) {
                    System.out.println("Stopping");
                  }
                },
                "say that it stops"));
    try {
      var stack = LocalStack.start(options);
      System.out.println(READY + stack.url().orElseThrow());
    } catch (StackException e) {
      if (!stopping.getAndSet(true)) {
        throw e;
      } // else it was interrupted, and the stack's own hook is about to end this JVM
    }
    awaitSignal();
    return 0;
  }

  private StackOptions options(Arguments arguments, Map<String, String> environment) {
    var options =
        StackOptions.in(data)
            .home(home)
            .apiPort(arguments.number("--port", 1, 65_535, 8080))
            .workers(arguments.number("--workers", 1, MOST_INSTANCES, 1))
            .apis(arguments.number("--apis", 1, MOST_INSTANCES, 1))
            .tier(tier(arguments))
            .restarts(true)
            .progress(System.out::println);
    arguments.requireNoMore();
    access(environment).ifPresent(options::openAi);
    var adminKey = environment.getOrDefault(ADMIN_KEY, "");
    if (!adminKey.isBlank()) options.environment(PartKind.WORKER, ADMIN_KEY, adminKey);
    return options.build();
  }

  private static String tier(Arguments arguments) {
    var tier = arguments.value("--tier").orElse("tier-1");
    if (!TIERS.contains(tier)) {
      throw new StackException(
          "there is no tier %s: choose one of %s".formatted(tier, String.join(", ", TIERS)));
    }
    return tier;
  }

  /** What the shell says goes before what the file says. */
  private Map<String, String> environment() {
    var all = new HashMap<>(DotEnv.read(home.resolve(".env")));
    all.putAll(System.getenv());
    return all;
  }

  static Optional<OpenAiAccess> access(Map<String, String> environment) {
    return Optional.ofNullable(environment.get("OPENAI_API_KEY"))
        .filter(key -> !key.isBlank())
        .map(key ->
            new OpenAiAccess(
                environment.getOrDefault("OPENAI_BASE_URL", OpenAiAccess.DEFAULT_URL), key));
  }

  /** Returns never: a signal runs the stack's shutdown hook, which stops the parts in order. */
  private static void awaitSignal() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
