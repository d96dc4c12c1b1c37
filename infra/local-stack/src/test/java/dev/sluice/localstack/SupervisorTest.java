package dev.sluice.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.localstack.process.ChildGuard;
import dev.sluice.localstack.process.Signal;
import dev.sluice.localstack.program.Program;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorTest {

  @TempDir Path folder;
  private final ChildGuard guard = ChildGuard.start();
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final BlockingQueue<Long> pauses = new LinkedBlockingQueue<>();
  private final Supervisor supervisor =
      new Supervisor(told::add, () -> 0, pause -> pauses.add(pause.toSeconds()));

  @AfterEach
  void endChildren() {
    supervisor.close();
    guard.close();
  }

  @Test
  void a_part_that_died_is_reported_and_started_again() throws InterruptedException {
    var part = part(TestingProgram.SOUND);
    part.start();
    Signal.KILL.send(part.pid().orElseThrow());

    assertThat(next(told))
        .isEqualTo("worker-1 died (exit 137); starting it again in 1 s; see " + part.log());
    assertThat(next(told)).isEqualTo("worker-1 is ready again");
    assertThat(part.state()).isEqualTo(PartState.READY);
  }

  @Test
  void a_part_that_cannot_start_is_tried_again_after_longer_and_longer_pauses()
      throws InterruptedException {
    var marker = folder.resolve("tries");
    // Serves on its first run and on the fourth
    var part =
        part(
            new TestingProgram(
                """
                echo x >>%1$s
                case $(wc -l <%1$s | tr -d ' ') in 2|3) exit 1 ;; esac
                echo serving; exec sleep 600
                """
                    .formatted(marker)));
    part.start();
    Signal.KILL.send(part.pid().orElseThrow());

    assertThat(next(pauses)).isEqualTo(1);
    assertThat(next(pauses)).isEqualTo(2);
    assertThat(next(pauses)).isEqualTo(4);
    next(told);
    next(told);
    next(told);
    assertThat(next(told)).isEqualTo("worker-1 is ready again");
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    return queue.poll(10, TimeUnit.SECONDS);
  }

  private Part part(Program program) {
    var listener =
        new Part.Listener() {
          @Override
          public void changed(Part part) {
            if (part.state() == PartState.READY) {
              supervisor.becameReady(part);
            }
          }

          @Override
          public void died(Part part, String how) {
            supervisor.died(part, how);
          }
        };
    return new Part("worker-1", program, folder.resolve("worker-1.log"), guard, listener);
  }
}
