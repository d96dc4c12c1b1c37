package dev.sluice.localstack.program;

import dev.sluice.localstack.process.Forks;
import dev.sluice.localstack.process.LogFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/**
 * A real Redis, from the binary inside a Maven artifact.
 *
 * @param folder of its binary and its append-only file
 */
public record RedisProgram(Path folder, int port) implements Program {

  @Override
  public PartKind kind() {
    return PartKind.REDIS;
  }

  @Override
  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  @Override
  public Process launch(LogFile log) throws IOException {
    Files.createDirectories(folder);
    var settings = folder.resolve("redis.conf");
    Files.writeString(settings, Settings.text("redis.conf"));
    return Child.launch(
        List.of(
            binary().toString(),
            settings.toString(),
            "--bind",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--dir",
            folder.toString()),
        Map.of(),
        log);
  }

  @Override
  public boolean isReady(LogFile log) {
    return log.contains("Ready to accept connections");
  }

  private Path binary() throws IOException {
    var name = Platform.current().redisBinary();
    var binary = folder.resolve(name);
    if (Files.isExecutable(binary)) {
      return binary;
    }
    // Moved into place when whole: a start that was cut short leaves no half binary behind.
    var half = folder.resolve(name + ".part");
    try (var in = Resources.open(name)) {
      Forks.writeExecutable(() -> Files.copy(in, half, StandardCopyOption.REPLACE_EXISTING));
    }
    if (!half.toFile().setExecutable(true)) {
      throw new IOException("cannot make " + half + " executable");
    }
    return Files.move(half, binary, StandardCopyOption.ATOMIC_MOVE);
  }
}
