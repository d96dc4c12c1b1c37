package dev.sluice.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {

  @TempDir Path folder;

  @Test
  void secrets_are_made_once() {
    assertThat(secrets()).isEqualTo(secrets());
  }

  @Test
  void each_is_long_and_unlike_the_others() {
    var secrets = secrets();

    assertThat(secrets.idSecret()).hasSizeGreaterThanOrEqualTo(32);
    assertThat(secrets.postgresPassword()).hasSizeGreaterThanOrEqualTo(32);
    assertThat(secrets.idSecret()).isNotEqualTo(secrets.postgresPassword());
  }

  @Test
  void nobody_else_may_read_them() throws IOException {
    secrets();

    assertThat(Files.getPosixFilePermissions(file()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void they_are_never_printed() {
    assertThat(secrets().toString()).doesNotContain(secrets().idSecret());
  }

  @Test
  void a_damaged_file_is_named() throws IOException {
    Files.writeString(file(), "id_secret=x\n");

    assertThatThrownBy(this::secrets)
        .hasMessage("%s lacks postgres_password: restore it, or remove the folder", file());
  }

  private Secrets secrets() {
    return Secrets.in(file(), new SecureRandom());
  }

  private Path file() {
    return folder.resolve("secrets.properties");
  }
}
