package dev.sluice.systemtests;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code infra/docker/Dockerfile}, and {@code .dockerignore}, which decides what reaches it.
 *
 * @param instructions one a line, continuations joined, comments left out
 */
record Dockerfile(List<String> instructions) {
  private static final Pattern STAGE = Pattern.compile("FROM (\\S+) AS (\\S+)");
  private static final Pattern MODULES = Pattern.compile("--add-modules (\\S+)");

  static Dockerfile read() {
    var text = ComposeFile.text("infra/docker/Dockerfile").replaceAll("(?m)^#.*\\R", "");
    return new Dockerfile(
        text.replaceAll("\\\\\\R\\s*", "").lines().filter(line -> !line.isBlank()).toList());
  }

  Set<String> stages() {
    return instructions.stream()
        .flatMap(line -> STAGE.matcher(line).results())
        .map(stage -> stage.group(2))
        .collect(Collectors.toSet());
  }

  /** Images of others that it starts from. */
  List<String> bases() {
    return Stream.concat(
            instructions.stream()
                .flatMap(line -> STAGE.matcher(line).results())
                .map(stage -> stage.group(1))
                .filter(base -> !base.startsWith("$") && !stages().contains(base)),
            instructions.stream()
                .filter(line -> line.startsWith("ARG JDK="))
                .map(line -> line.substring("ARG JDK=".length())))
        .toList();
  }

  /** Paths in the repository that it copies. */
  List<String> copied() {
    return instructions.stream()
        .filter(line -> line.startsWith("COPY ") && !line.contains("--from="))
        .map(line -> line.replaceAll("--\\S+ ", ""))
        .flatMap(line -> {
          var words = line.split(" ");
          return Arrays.stream(words, 1, words.length - 1);
        })
        .toList();
  }

  /** What the JRE is linked from. */
  List<String> modules() {
    return instructions.stream()
        .flatMap(line -> MODULES.matcher(line).results())
        .flatMap(found -> Arrays.stream(found.group(1).split(",")))
        .toList();
  }

  /**
   * Whether a file of the repository is sent to the builder: the last pattern that fits decides.
   */
  static boolean receives(String path) {
    boolean received = true;
    for (var line : ComposeFile.text(".dockerignore").lines().toList()) {
      if (line.isBlank() || line.startsWith("#")) continue;
      boolean kept = line.startsWith("!");
      if (fits(kept ? line.substring(1) : line, path)) received = kept;
    }
    return received;
  }

  private static boolean fits(String pattern, String path) {
    if (pattern.equals("*")) return true;
    return pattern.startsWith("**/")
        ? ("/" + path + "/").contains(pattern.substring(2) + "/")
        : (path + "/").startsWith(pattern + "/");
  }
}
