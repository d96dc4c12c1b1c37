package dev.sluice.localstack.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A log that a child writes, read from where its present run begins.
 *
 * @param start size of the file when the child was started
 */
public record LogFile(Path path, long start) {

  private static final long TURN_OVER_AT = 16L << 20;
  private static final int LONGEST_LINE = 300;
  private static final Pattern TROUBLE =
      Pattern.compile("ERROR|FATAL|PANIC|Exception|Caused by|[Ee]rror:");
  private static final Pattern STACK_FRAME = Pattern.compile("^(\\s+at |\\s+\\.\\.\\. |\\s*$).*");

  /** Opens the log for a new run. A large one is put aside as {@code name.log.1}. */
  public static LogFile begin(Path path) {
    try {
      Files.createDirectories(path.toAbsolutePath().getParent());
      if (Files.exists(path) && Files.size(path) > TURN_OVER_AT) {
        Files.move(
            path,
            path.resolveSibling(path.getFileName() + ".1"),
            StandardCopyOption.REPLACE_EXISTING);
      }
      return new LogFile(path, Files.exists(path) ? Files.size(path) : 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whole lines of the present run; one that is being written is left for later. */
  public List<String> lines() {
    try (var file = new RandomAccessFile(path.toFile(), "r")) {
      file.seek(Math.min(start, file.length()));
      var bytes = new byte[(int) Math.min(file.length() - file.getFilePointer(), TURN_OVER_AT)];
      file.readFully(bytes);
      var text = new String(bytes, StandardCharsets.UTF_8);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (IOException notWrittenYet) {
      return List.of();
    }
  }

  public boolean contains(String text) {
    return lines().stream().anyMatch(line -> line.contains(text));
  }

  /** The line that most likely tells why the child died. */
  public String lastMeaningfulLine() {
    var lines =
        lines().reversed().stream().filter(STACK_FRAME.asMatchPredicate().negate()).toList();
    Predicate<String> trouble = TROUBLE.asPredicate();
    var line =
        lines.stream()
            .filter(trouble)
            .findFirst()
            .or(() -> lines.stream().findFirst())
            .map(LogFile::message)
            .orElse("nothing was logged")
            .strip();
    return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + "…";
  }

  /** What a person reads of a structured line; any other line as it is. */
  private static String message(String line) {
    if (!line.startsWith("{")) {
      return line;
    }
    try {
      return JsonMapper.shared().readTree(line).path("message").asString(line);
    } catch (JacksonException notJson) {
      return line;
    }
  }
}
