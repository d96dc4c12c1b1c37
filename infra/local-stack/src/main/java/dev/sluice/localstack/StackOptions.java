package dev.sluice.localstack;

import dev.sluice.localstack.process.FileTree;
import dev.sluice.localstack.program.PartKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What to start, and where.
 *
 * @param home root of the repository, where the services' jars are
 * @param dataFolder names the stack; what is in it outlives the stack
 * @param apiPort of the first api; 0 for any free one
 * @param simulator whether a simulator runs; without it and without access there is no provider
 * @param openAi the real provider, which the workers then call instead of the simulator
 * @param tier name of the account's tier at the provider, for the workers and the simulator
 * @param quickStart whether JVMs save CPU at start at the price of speed later; never for a
 *     benchmark
 * @param restarts whether a part that dies is started again
 * @param throwaway whether nobody wants the data after it: parts are then killed at the end instead
 *     of asked to stop
 * @param environment more environment for the parts of a kind, ahead of the stack's own
 * @param progress hears a line when a part becomes ready, dies or stops
 */
public record StackOptions(
    Path home,
    Path dataFolder,
    int workers,
    int apis,
    int apiPort,
    boolean simulator,
    Optional<OpenAiAccess> openAi,
    String tier,
    boolean quickStart,
    boolean restarts,
    boolean throwaway,
    Map<PartKind, Map<String, String>> environment,
    Consumer<String> progress) {

  public StackOptions {
    dataFolder = dataFolder.toAbsolutePath().normalize();
    home = home.toAbsolutePath().normalize();
  }

  /** One worker, one api, the simulator; quick to start, silent, and nothing is restarted. */
  public static Builder in(Path dataFolder) {
    return new Builder(dataFolder);
  }

  /**
   * The same, for the tests of a JVM: in the folder that the system property {@code stack.folder}
   * names, without the data that an earlier stack left there. Its own stays until then, for whoever
   * wants to read its logs.
   */
  public static Builder forTests() {
    var folder = Path.of(System.getProperty("stack.folder", "target/stack"));
    try {
      FileTree.remove(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var builder = in(folder);
    builder.throwaway = true;
    return builder;
  }

  /** Collects options; every method returns this. */
  public static final class Builder {

    private final Path dataFolder;
    private final Map<PartKind, Map<String, String>> environment = new HashMap<>();
    private Path home = repositoryAround(Path.of("").toAbsolutePath());
    private int workers = 1;
    private int apis = 1;
    private int apiPort;
    private boolean simulator = true;
    private Optional<OpenAiAccess> openAi = Optional.empty();
    private String tier = "tier-1";
    private boolean quickStart = true;
    private boolean restarts;
    private boolean throwaway;
    private Consumer<String> progress = _ -> {};

    private Builder(Path dataFolder) {
      this.dataFolder = dataFolder;
    }

    /** Default: the repository that the working directory is in. */
    public Builder home(Path path) {
      home = path;
      return this;
    }

    public Builder workers(int number) {
      workers = number;
      return this;
    }

    public Builder apis(int number) {
      apis = number;
      return this;
    }

    /** Kafka, Redis and Postgres alone. */
    public Builder infrastructureOnly() {
      simulator = false;
      return workers(0).apis(0);
    }

    public Builder apiPort(int port) {
      apiPort = port;
      return this;
    }

    public Builder simulator(boolean runs) {
      simulator = runs;
      return this;
    }

    /** Workers call the real provider; no simulator runs. */
    public Builder openAi(OpenAiAccess access) {
      openAi = Optional.of(access);
      return simulator(false);
    }

    public Builder tier(String name) {
      tier = name;
      return this;
    }

    public Builder quickStart(boolean quick) {
      quickStart = quick;
      return this;
    }

    public Builder restarts(boolean restart) {
      restarts = restart;
      return this;
    }

    public Builder environment(PartKind kind, String variable, String value) {
      environment.computeIfAbsent(kind, _ -> new HashMap<>()).put(variable, value);
      return this;
    }

    public Builder progress(Consumer<String> listener) {
      progress = listener;
      return this;
    }

    public StackOptions build() {
      return new StackOptions(
          home,
          dataFolder,
          workers,
          apis,
          apiPort,
          simulator,
          openAi,
          tier,
          quickStart,
          restarts,
          throwaway,
          Map.copyOf(environment),
          progress);
    }

    private static Path repositoryAround(Path folder) {
      for (var at = folder; at != null; at = at.getParent()) {
        if (Files.isDirectory(at.resolve("infra/local-stack"))) {
          return at;
        }
      }
      return folder;
    }
  }
}
