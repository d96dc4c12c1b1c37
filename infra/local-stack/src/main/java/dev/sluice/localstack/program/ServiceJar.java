package dev.sluice.localstack.program;

import dev.sluice.localstack.process.Commands;
import dev.sluice.localstack.process.FileTree;
import dev.sluice.localstack.process.Forks;
import dev.sluice.localstack.process.StackException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/**
 * A Spring Boot jar, extracted once for each build of it: it starts much faster so.
 *
 * @param jar as Maven built it
 * @param apps folder of the extracted ones
 */
public record ServiceJar(Path jar, Path apps) {

  // Several instances of a service are started at once, and the first extracts for all.
  private static final Object EXTRACTION = new Object();

  /** Fails with what to type if Maven has not built it. */
  public void requireBuilt() {
    if (!Files.isRegularFile(jar)) {
      throw new StackException(
          "%s is missing: build it with ./sluice mvn -DskipTests package".formatted(jar));
    }
  }

  /** The jar to run, with its libraries beside it. */
  Path extracted() throws IOException {
    requireBuilt();
    var folder = apps.resolve(build());
    synchronized (EXTRACTION) {
      if (!Files.isDirectory(folder)) {
        extract(folder);
      }
    }
    return folder.resolve(jar.getFileName());
  }

  /** Where the JVM keeps the classes of this build, ready to map. */
  Path classArchive() throws IOException {
    return apps.resolve(build() + ".jsa");
  }

  /** Removes what was extracted of other builds. Nothing may be running from them. */
  public void forgetOtherBuilds() throws IOException {
    if (!Files.isRegularFile(jar) || !Files.isDirectory(apps)) {
      return;
    }
    var current = build();
    try (var all = Files.list(apps)) {
      for (var path : all.toList()) {
        var entry = path.getFileName().toString();
        if (entry.startsWith(name() + "-") && !entry.startsWith(current)) {
          FileTree.remove(path);
        }
      }
    }
  }

  private String name() {
    return jar.getFileName().toString().replaceFirst("\\.jar$", "");
  }

  private String build() throws IOException {
    return "%s-%x-%x".formatted(name(), Files.size(jar), Files.getLastModifiedTime(jar).toMillis());
  }

  private void extract(Path folder) throws IOException {
    Files.createDirectories(apps);
    var half = Files.createTempDirectory(apps, "extract-");
    var tool =
        Forks.start(
            new ProcessBuilder(
                    Commands.java(),
                    "-XX:TieredStopAtLevel=1",
                    "-Djarmode=tools",
                    "-jar",
                    jar.toString(),
                    "extract",
                    "--force",
                    "--destination",
                    half.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD));
    try {
      if (!tool.waitFor(60, TimeUnit.SECONDS) || tool.exitValue() != 0) {
        tool.destroyForcibly();
        throw new StackException(jar + " is not a Spring Boot jar that can be extracted");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new StackException("interrupted while " + jar + " was extracted", interrupted);
    }
    Files.move(half, folder, StandardCopyOption.ATOMIC_MOVE);
  }
}
