package dev.sluice.systemtests;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The Chromium that is installed. Without one the browser tests are skipped, but never in CI. */
final class Chromium {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");

  private Chromium() {}

  static Path find() {
    return named().or(Chromium::onPath).orElseGet(Chromium::none);
  }

  private static Optional<Path> named() {
    return Optional.ofNullable(System.getenv("SLUICE_CHROMIUM")).map(Path::of);
  }

  private static Optional<Path> onPath() {
    for (var folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
      for (var name : NAMES) {
        var program = Path.of(folder, name);
        if (Files.isExecutable(program)) return Optional.of(program);
      }
    return Optional.empty();
  }

  private static Path none() {
    var advice =
        "no Chromium: install one (Debian: apt-get install chromium) or set SLUICE_CHROMIUM";
    if (Boolean.parseBoolean(System.getenv("SLUICE_REQUIRE_CHROMIUM"))) return fail(advice);
    return abort(advice);
  }
}
