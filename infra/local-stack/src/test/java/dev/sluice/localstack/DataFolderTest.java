package dev.sluice.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {

  @TempDir Path path;

  @Test
  void a_part_keeps_its_port_from_start_to_start() {
    int first;
    try (var folder = take()) {
      first = folder.port("kafka");
    }
    try (var folder = take()) {
      assertThat(folder.port("kafka")).isEqualTo(first);
    }
  }

  @Test
  void a_port_that_somebody_else_took_meanwhile_is_given_up() throws IOException {
    int first;
    try (var folder = take()) {
      first = folder.port("kafka");
    }
    try (var _ = new ServerSocket(first, 1, InetAddress.getLoopbackAddress());
        var folder = take()) {
      assertThat(folder.port("kafka")).isNotEqualTo(first);
    }
  }

  @Test
  void two_stacks_never_share_a_folder() {
    try (var _ = take()) {
      assertThat(DataFolder.take(path, new Random(1))).isEmpty();
    }
    take().close();
  }

  private DataFolder take() {
    return DataFolder.take(path, new Random(1)).orElseThrow();
  }
}
