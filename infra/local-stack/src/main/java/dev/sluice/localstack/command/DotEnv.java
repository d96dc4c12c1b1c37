package dev.sluice.localstack.command;

import dev.sluice.localstack.process.StackException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A {@code .env} file: lines of {@code KEY=VALUE}, also with {@code export}, quotes and {@code #}
 * comments. It is git-ignored, and the place for a key on a developer's machine.
 */
final class DotEnv {

  private static final String EXPORT = "export ";

  private DotEnv() {}

  /** Nothing where there is no such file. */
  static Map<String, String> read(Path file) {
    if (!Files.isRegularFile(file)) {
      return Map.of();
    }
    try {
      return parse(Files.readAllLines(file));
    } catch (IOException e) {
      throw new StackException("cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  static Map<String, String> parse(List<String> lines) {
    var values = new HashMap<String, String>();
    for (var raw : lines) {
      var line = raw.strip();
      if (line.startsWith(EXPORT)) {
        line = line.substring(EXPORT.length()).strip();
      }
      int equals = line.indexOf('=');
      if (!line.startsWith("#") && equals > 0) {
        values.put(line.substring(0, equals).strip(), value(line.substring(equals + 1).strip()));
      }
    }
    return Map.copyOf(values);
  }

  private static String value(String text) {
    if (!text.isEmpty() && (text.startsWith("\"") || text.startsWith("'"))) {
      int close = text.indexOf(text.charAt(0), 1);
      if (close > 0) {
        return text.substring(1, close);
      }
    }
    int comment = text.indexOf(" #");
    return comment < 0 ? text : text.substring(0, comment).strip();
  }
}
