package dev.sluice.localstack.program;

import dev.sluice.localstack.process.Forks;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** Files at the root of artifacts on the class path. */
final class Resources {

  private static final int OWNER_MAY_EXECUTE = 0100;

  private Resources() {}

  static InputStream open(String name) throws IOException {
    var in = Resources.class.getResourceAsStream("/" + name);
    if (in == null) {
      throw new FileNotFoundException(name + " is not on the class path");
    }
    return in;
  }

  /** Unpacks a {@code .txz} with its links and its executables. */
  static void unpack(String name, Path folder) throws IOException {
    try (var in = new TarArchiveInputStream(new XZCompressorInputStream(open(name)))) {
      for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        var target = folder.resolve(entry.getName()).normalize();
        if (!target.startsWith(folder)) {
          throw new IOException(name + " holds a path outside of itself: " + entry.getName());
        }
        unpack(in, entry, target);
      }
    }
  }

  private static void unpack(TarArchiveInputStream in, TarArchiveEntry entry, Path target)
      throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Files.createDirectories(target.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      return;
    }
    Forks.writeExecutable(() -> Files.copy(in, target));
    if ((entry.getMode() & OWNER_MAY_EXECUTE) != 0 && !target.toFile().setExecutable(true)) {
      throw new IOException("cannot make " + target + " executable");
    }
  }
}
