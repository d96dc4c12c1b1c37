package dev.sluice.localstack;

import dev.sluice.localstack.process.Ports;
import dev.sluice.localstack.process.StackException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The folder that names a stack: its data, logs, secrets and what it remembers from start to start.
 *
 * <p>Held by one stack at a time, by a lock that the operating system drops with the process.
 */
final class DataFolder implements AutoCloseable {

  private static final long LEAST_FREE_BYTES = 1L << 30;

  private final Path path;
  private final FileChannel lock;
  private final Properties memory = new Properties();
  private final RandomGenerator random;
  private final Set<Integer> claimed = new HashSet<>();

  private DataFolder(Path path, FileChannel lock, RandomGenerator random) {
    this.path = path;
    this.lock = lock;
    this.random = random;
  }

  /** Takes the folder, making it first if need be; empty when another stack holds it. */
  static Optional<DataFolder> take(Path path, RandomGenerator random) {
    try {
      var ownerOnly =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
      Files.createDirectories(path, ownerOnly);
      var channel =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!isLocked(channel)) {
        channel.close();
        return Optional.empty();
      }
      var folder = new DataFolder(path, channel, random);
      folder.remember();
      return Optional.of(folder);
    } catch (IOException e) {
      throw new StackException("cannot use %s: %s".formatted(path, e), e);
    }
  }

  void requireSpace() {
    try {
      long free = Files.getFileStore(path).getUsableSpace();
      if (free < LEAST_FREE_BYTES) {
        throw new StackException(
            "only %d MB are free in %s: free 1 GB, or choose another folder with --data DIR"
                .formatted(free >> 20, path));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folder or file of that name. */
  Path at(String name) {
    return path.resolve(name);
  }

  Path log(String part) {
    return path.resolve("logs").resolve(part + ".log");
  }

  /** The port that this part had before, if it is free; else another, remembered from now on. */
  synchronized int port(String part) {
    var key = part + ".port";
    var before = memory.getProperty(key);
    if (before != null
        && Ports.isFree(Integer.parseInt(before))
        && claim(Integer.parseInt(before))) {
      return Integer.parseInt(before);
    }
    int port = Ports.anyFree(random);
    while (memory.containsValue(Integer.toString(port))) {
      Ports.release(port); // another part's
      port = Ports.anyFree(random);
    }
    claimed.add(port);
    memory.setProperty(key, Integer.toString(port));
    save();
    return port;
  }

  /**
   * Keeps a port for this stack.
   *
   * @return false if another stack has claimed it
   */
  synchronized boolean claim(int port) {
    boolean ours = claimed.contains(port) || Ports.claim(port);
    if (ours) {
      claimed.add(port);
    }
    return ours;
  }

  /** A value that is made once for the life of the folder. */
  synchronized String once(String key, String value) {
    if (memory.putIfAbsent(key, value) == null) {
      save();
    }
    return memory.getProperty(key);
  }

  private void remember() throws IOException {
    var file = memoryFile();
    if (Files.exists(file)) {
      try (var reader = Files.newBufferedReader(file)) {
        memory.load(reader);
      }
    }
  }

  private void save() {
    try (var writer = Files.newBufferedWriter(memoryFile())) {
      memory.store(writer, "What this stack remembers from start to start");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path memoryFile() {
    return path.resolve("stack.properties");
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException anotherStackOfThisJvm) {
      return false;
    }
  }

  @Override
  public synchronized void close() {
    claimed.forEach(Ports::release);
    claimed.clear();
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
