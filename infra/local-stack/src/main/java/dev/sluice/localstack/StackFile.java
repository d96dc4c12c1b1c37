package dev.sluice.localstack;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.localstack.process.ProcessIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a running stack writes down about itself, so that other commands find it and a later start
 * finds what it left behind.
 *
 * @param stack the JVM that runs it
 * @param url of the first api; null in a stack without one
 * @param ready whether all of it has been started
 */
public record StackFile(
    ProcessIdentity stack, @Nullable String url, boolean ready, List<Entry> parts) {

  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /**
   * A part as it was when the file was written.
   *
   * @param process null when it does not run
   * @param details what else its clients need
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Entry(
      String name,
      String kind,
      String url,
      String state,
      String log,
      @Nullable ProcessIdentity process,
      String stopSignal,
      Map<String, String> details) {

    /** Its process, if that still runs. */
    public Optional<ProcessHandle> running() {
      return Optional.ofNullable(process).flatMap(ProcessIdentity::find);
    }
  }

  static Path in(Path dataFolder) {
    return dataFolder.resolve("stack.json");
  }

  /** Empty when no stack ran in this folder, or the last one was stopped in order. */
  public static Optional<StackFile> read(Path dataFolder) {
    try {
      return Optional.of(JSON.readValue(Files.readString(in(dataFolder)), StackFile.class));
    } catch (IOException none) {
      return Optional.empty();
    }
  }

  /** Whether the stack that wrote it still runs. */
  public boolean stillRuns() {
    return stack.find().isPresent();
  }

  /** Readable by its owner alone: it has the database's password. */
  void write(Path dataFolder) {
    try {
      var ownerOnly =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
      var half = Files.createTempFile(dataFolder, "stack", "", ownerOnly);
      Files.writeString(half, JSON.writeValueAsString(this));
      Files.move(half, in(dataFolder), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void remove(Path dataFolder) {
    try {
      Files.deleteIfExists(in(dataFolder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
