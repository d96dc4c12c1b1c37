package dev.sluice.localstack;

import dev.sluice.localstack.process.StackException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Properties;
import java.util.random.RandomGenerator;

/**
 * What the parts of one stack must know and nobody else may: made once, kept in its folder,
 * readable by its owner alone.
 */
record Secrets(String idSecret, String postgresPassword) {

  private static final int BYTES = 32;

  /** Reads the file, or makes it. */
  static Secrets in(Path file, RandomGenerator random) {
    try {
      if (!Files.exists(file)) {
        create(file, random);
      }
      var properties = new Properties();
      try (var reader = Files.newBufferedReader(file)) {
        properties.load(reader);
      }
      return new Secrets(
          required(properties, "id_secret", file), required(properties, "postgres_password", file));
    } catch (IOException e) {
      throw new StackException("cannot keep secrets in %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static void create(Path file, RandomGenerator random) throws IOException {
    var properties = new Properties();
    for (var key : new String[] {"id_secret", "postgres_password"}) {
      var bytes = new byte[BYTES];
      random.nextBytes(bytes);
      properties.setProperty(key, HexFormat.of().formatHex(bytes));
    }
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var half = Files.createTempFile(file.toAbsolutePath().getParent(), "secrets", "", ownerOnly);
    try (var writer = Files.newBufferedWriter(half)) {
      properties.store(writer, "Made once; the data in this folder cannot be used without");
    }
    Files.move(half, file);
  }

  private static String required(Properties properties, String key, Path file) {
    var value = properties.getProperty(key);
    if (value == null) {
      throw new StackException(
          "%s lacks %s: restore it, or remove the folder".formatted(file, key));
    }
    return value;
  }

  @Override
  public String toString() {
    return "Secrets[…]";
  }
}
