package dev.sluice.localstack;

import dev.sluice.localstack.process.ChildGuard;
import dev.sluice.localstack.process.Ports;
import dev.sluice.localstack.process.ProcessIdentity;
import dev.sluice.localstack.process.Signal;
import dev.sluice.localstack.process.StackException;
import dev.sluice.localstack.program.PartKind;
import dev.sluice.localstack.program.Program;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * A running stack. {@link #start} returns when all of it serves; {@link #close} ends all of it in
 * order, or at once if it is a throwaway one, and leaves its data.
 *
 * <pre>{@code
 * try (var stack = LocalStack.start(StackOptions.in(folder).workers(2).build())) {
 *   stack.worker(2).kill();
 *   stack.worker(2).start();
 * }
 * }</pre>
 */
public final class LocalStack implements AutoCloseable {

  private static final Duration ORPHAN_GRACE = Duration.ofSeconds(10);

  private final StackOptions options;
  private final DataFolder folder;
  private final ChildGuard guard = ChildGuard.start();
  private final List<Part> parts = new CopyOnWriteArrayList<>();
  private final ProgramCatalog catalog;
  private final Supervisor supervisor;
  private final Thread atExit = new Thread(this::stopAll, "stop stack");
  private volatile boolean ready;
  private volatile boolean closed; // set once, under this

  private LocalStack(StackOptions options, DataFolder folder) {
    this.options = options;
    this.folder = folder;
    this.catalog = new ProgramCatalog(options, folder);
    this.supervisor = new Supervisor(options.progress(), System::nanoTime, Thread::sleep);
  }

  /**
   * Starts all that the options name. Fails with one sentence, and then nothing is left running.
   */
  public static LocalStack start(StackOptions options) {
    var folder =
        DataFolder.take(options.dataFolder(), new SecureRandom())
            .orElseThrow(() -> alreadyRunning(options.dataFolder()));
    try {
      folder.requireSpace();
      endOrphans(options.dataFolder());
      if (options.apis() > 0 && options.apiPort() > 0) {
        requireFree(options.apiPort(), folder);
      }
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
    var stack = new LocalStack(options, folder);
    try {
      Runtime.getRuntime().addShutdownHook(stack.atExit);
      stack.startAll();
    } catch (RuntimeException e) {
      stack.close();
      throw e;
    }
    return stack;
  }

  /** Of the first api, as a person types it. */
  public Optional<String> url() {
    return parts(PartKind.API).stream()
        .findFirst()
        .map(api -> api.url().replace("127.0.0.1", "localhost"));
  }

  /** In the order in which they were made. */
  public List<Part> parts() {
    return List.copyOf(parts);
  }

  public List<Part> parts(PartKind kind) {
    return parts.stream().filter(part -> part.kind() == kind).toList();
  }

  /** The only part of that kind. */
  public Part kafka() {
    return part("kafka");
  }

  public Part redis() {
    return part("redis");
  }

  public Part postgres() {
    return part("postgres");
  }

  public Part simulator() {
    return part("simulator");
  }

  /** Where tokens come from; in a stack with an api. */
  public Part issuer() {
    return part("issuer");
  }

  /** Numbered from 1. */
  public Part worker(int number) {
    return part("worker-" + number);
  }

  /** Numbered from 1. */
  public Part api(int number) {
    return part("api-" + number);
  }

  public Part part(String name) {
    return parts.stream()
        .filter(part -> part.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("this stack has no " + name));
  }

  /** Starts one more worker and returns when it serves. */
  public Part addWorker() {
    return addWorker(Map.of());
  }

  /** The same, with more environment for this one alone, ahead of all other. */
  public Part addWorker(Map<String, String> environment) {
    return startNow(add(PartKind.WORKER, environment));
  }

  /** Starts one more api, on any free port, and returns when it serves. */
  public Part addApi() {
    return addApi(Map.of());
  }

  /** The same, with more environment for this one alone, ahead of all other. */
  public Part addApi(Map<String, String> environment) {
    return startNow(add(PartKind.API, environment));
  }

  public Path dataFolder() {
    return options.dataFolder();
  }

  /** Stops all parts, apis first and Kafka last. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException jvmIsEndingAndCallsTheHook) {
      return;
    }
    stopAll();
  }

  private void startAll() {
    catalog.requireBuilt();
    var first = new ArrayList<>(List.of(PartKind.KAFKA, PartKind.REDIS, PartKind.POSTGRES));
    if (options.simulator()) {
      first.add(PartKind.SIMULATOR);
    }
    if (options.apis() > 0) {
      first.add(PartKind.ISSUER);
    }
    startTogether(first.stream().map(kind -> add(kind, Map.of())).toList());
    var then = new ArrayList<Part>();
    for (int i = 0; i < options.workers(); i++) {
      then.add(add(PartKind.WORKER, Map.of()));
    }
    for (int i = 0; i < options.apis(); i++) {
      then.add(add(PartKind.API, Map.of()));
    }
    startTogether(then);
    ready = true;
    writeDown();
  }

  private synchronized Part add(PartKind kind, Map<String, String> environment) {
    var number = parts(kind).size() + 1;
    var name =
        switch (kind) {
          case WORKER, API -> kind.label() + "-" + number;
          case KAFKA, REDIS, POSTGRES, SIMULATOR, ISSUER -> kind.label();
        };
    Program program = catalog.program(kind, name, number, environment);
    var part = new Part(name, program, folder.log(name), guard, new Watch());
    parts.add(part);
    return part;
  }

  private Part startNow(Part part) {
    if (closed) {
      throw new StackException("the stack is stopping");
    }
    long began = System.nanoTime();
    part.start();
    options
        .progress()
        .accept(
            "  %-11s ready in %.1f s".formatted(part.name(), (System.nanoTime() - began) / 1e9));
    return part;
  }

  private void startTogether(List<Part> together) {
    eachInParallel(together, this::startNow);
  }

  /** Returns when all are done; if some failed, throws the first failure. */
  private static void eachInParallel(List<Part> parts, Consumer<Part> action) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var all =
          parts.stream()
              .map(part -> CompletableFuture.runAsync(() -> action.accept(part), threads))
              .toList();
      // The first failure ends the waiting of the others.
      var failed = new CompletableFuture<Void>();
      for (var one : all) {
        var _ =
            one.whenComplete((_, failure) -> {
              if (failure != null && failed.completeExceptionally(failure)) {
                threads.shutdownNow();
              }
            });
      }
      CompletableFuture.anyOf(
              failed, CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)))
          .join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private void stopAll() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    supervisor.close();
    stopTogether(PartKind.API, PartKind.WORKER);
    stopTogether(PartKind.ISSUER, PartKind.SIMULATOR, PartKind.POSTGRES, PartKind.REDIS);
    stopTogether(PartKind.KAFKA);
    StackFile.remove(options.dataFolder());
    guard.close();
    folder.close();
  }

  private void stopTogether(PartKind... kinds) {
    var running =
        parts.stream()
            .filter(part -> List.of(kinds).contains(part.kind()))
            .filter(part -> part.pid().isPresent())
            .toList();
    eachInParallel(
        running,
        part -> {
          if (options.throwaway()) {
            part.kill();
          } else {
            part.stop();
          }
          options.progress().accept("  %-11s stopped".formatted(part.name()));
        });
  }

  private synchronized void writeDown() {
    if (closed) {
      return;
    }
    var entries =
        parts.stream()
            .map(part ->
                new StackFile.Entry(
                    part.name(),
                    part.kind().label(),
                    part.url(),
                    part.state().label(),
                    part.log().toString(),
                    part.pid().stream()
                        .mapToObj(ProcessHandle::of)
                        .flatMap(Optional::stream)
                        .map(ProcessIdentity::of)
                        .findFirst()
                        .orElse(null),
                    part.stopSignal().name(),
                    part.details()))
            .toList();
    new StackFile(ProcessIdentity.of(ProcessHandle.current()), url().orElse(null), ready, entries)
        .write(options.dataFolder());
  }

  private static void requireFree(int port, DataFolder folder) {
    if (!Ports.isFree(port) || !folder.claim(port)) {
      throw new StackException(
          "port %d is taken: free it, or choose another with --port N".formatted(port));
    }
  }

  private static StackException alreadyRunning(Path dataFolder) {
    var where =
        StackFile.read(dataFolder)
            .flatMap(file -> Optional.ofNullable(file.url()))
            .map(url -> " at " + url)
            .orElse("");
    return new StackException("already running%s; ./sluice down stops it".formatted(where));
  }

  /** Ends what a killed stack left running in this folder. */
  public static void endOrphans(Path dataFolder) {
    StackFile.read(dataFolder).stream()
        .flatMap(file -> file.parts().reversed().stream())
        .forEach(entry -> {
          if (entry.process() != null) {
            entry.process().end(Signal.valueOf(entry.stopSignal()), ORPHAN_GRACE);
          }
        });
    StackFile.remove(dataFolder);
  }

  private final class Watch implements Part.Listener {

    @Override
    public void changed(Part part) {
      if (part.state() == PartState.READY) {
        supervisor.becameReady(part);
      }
      writeDown();
    }

    @Override
    public void died(Part part, String how) {
      if (options.restarts()) {
        supervisor.died(part, how);
      } else {
        options.progress().accept("%s died (%s); see %s".formatted(part.name(), how, part.log()));
      }
    }
  }
}
