package dev.sluice.localstack.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PortsTest {
  private static final long SEED = System.nanoTime();

  @Test
  void a_port_is_chosen_once() {
    int first = Ports.anyFree(new Random(SEED));
    assertThat(Ports.anyFree(new Random(SEED))).isNotEqualTo(first);
    assertThat(Ports.claim(first)).isFalse();
    Ports.release(first);
    assertThat(Ports.claim(first)).isTrue();
  }

  @Test
  void a_port_that_another_jvm_has_chosen_is_left_to_it_until_it_ends() throws Exception {
    long seed = SEED + 1;
    var other =
        new ProcessBuilder(
                Commands.java(),
                "-cp",
                System.getProperty("java.class.path"),
                Other.class.getName(),
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var said = new BufferedReader(new InputStreamReader(other.getInputStream(), UTF_8))) {
      int theirs = Integer.parseInt(said.readLine());
      assertThat(Ports.isFree(theirs)).isTrue();
      assertThat(Ports.claim(theirs)).isFalse();
      assertThat(Ports.anyFree(new Random(seed))).isNotEqualTo(theirs);
      other.getOutputStream().close();
      assertThat(other.waitFor()).isZero();
      assertThat(Ports.claim(theirs)).isTrue();
    } finally {
      other.destroyForcibly();
    }
  }

  /** Another stack, which has chosen a port and does not listen on it yet. */
  static final class Other {
    private Other() {}

    @SuppressWarnings("SystemOut") // what the test reads
    public static void main(String[] arguments) throws IOException {
      System.out.println(Ports.anyFree(new Random(Long.parseLong(arguments[0]))));
      while (System.in.read() >= 0) {
        continue;
      }
    }
  }
}
