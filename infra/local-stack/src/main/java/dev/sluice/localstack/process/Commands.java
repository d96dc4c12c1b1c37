package dev.sluice.localstack.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of the stack's children. */
public final class Commands {

  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private Commands() {}

  /** This JVM's own java. */
  public static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** This JVM's class path: it has the broker, the simulator, the issuer and their dependencies. */
  public static String classPath() {
    return System.getProperty("java.class.path");
  }

  /**
   * The command in a session of its own, so that Ctrl-C in the terminal reaches the stack alone,
   * which then stops its parts in order. Without {@code setsid} (macOS) they get it all at once.
   */
  public static List<String> apart(List<String> command) {
    if (!Files.isExecutable(SETSID)) {
      return command;
    }
    var apart = new ArrayList<String>();
    apart.add(SETSID.toString());
    apart.addAll(command);
    return List.copyOf(apart);
  }
}
