package dev.sluice.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.localstack.process.ChildGuard;
import dev.sluice.localstack.process.Signal;
import dev.sluice.localstack.process.StackException;
import dev.sluice.localstack.program.Program;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartTest {

  @TempDir Path folder;
  private final ChildGuard guard = ChildGuard.start();
  private final BlockingQueue<String> deaths = new LinkedBlockingQueue<>();

  @AfterEach
  void endChildren() {
    guard.close();
  }

  @Test
  void a_started_part_serves_and_has_a_pid() {
    var part = part(TestingProgram.SOUND);
    part.start();

    assertThat(part.state()).isEqualTo(PartState.READY);
    assertThat(part.pid()).isPresent();
  }

  @Test
  void a_stopped_part_can_be_started_again() {
    var part = part(TestingProgram.SOUND);
    part.start();
    part.stop();
    assertThat(part.state()).isEqualTo(PartState.STOPPED);
    assertThat(part.pid()).isEmpty();

    part.start();
    assertThat(part.state()).isEqualTo(PartState.READY);
  }

  @Test
  void a_part_that_was_killed_on_request_is_not_reported_as_dead() {
    var part = part(TestingProgram.SOUND);
    part.start();
    part.kill();

    assertThat(part.state()).isEqualTo(PartState.STOPPED);
    assertThat(deaths).isEmpty();
  }

  @Test
  void a_part_that_dies_by_itself_is_reported() throws InterruptedException {
    var part = part(TestingProgram.SOUND);
    part.start();
    Signal.KILL.send(part.pid().orElseThrow());

    assertThat(deaths.poll(10, TimeUnit.SECONDS)).isEqualTo("worker-1 exit 137");
    assertThat(part.state()).isEqualTo(PartState.DEAD);
  }

  @Test
  void a_frozen_part_keeps_its_pid_and_can_be_stopped() {
    var part = part(TestingProgram.SOUND);
    part.start();
    part.suspend();
    assertThat(part.state()).isEqualTo(PartState.SUSPENDED);
    assertThat(part.pid()).isPresent();

    part.stop();
    assertThat(part.state()).isEqualTo(PartState.STOPPED);
  }

  @Test
  void a_frozen_part_goes_on_when_resumed() {
    var part = part(TestingProgram.SOUND);
    part.start();
    part.suspend();
    part.resume();

    assertThat(part.state()).isEqualTo(PartState.READY);
  }

  @Test
  void a_death_during_the_start_is_told_in_one_sentence_with_its_cause_and_its_log() {
    var part = part(new TestingProgram("echo 'ERROR set OPENAI_API_KEY'; exit 3"));

    assertThatThrownBy(part::start)
        .isInstanceOf(StackException.class)
        .hasMessage(
            "worker-1 died while it started (exit 3): ERROR set OPENAI_API_KEY; see %s",
            part.log());
    assertThat(part.state()).isEqualTo(PartState.DEAD);
  }

  @Test
  void a_running_part_is_not_started_twice() {
    var part = part(TestingProgram.SOUND);
    part.start();

    assertThatThrownBy(part::start).hasMessage("worker-1 is ready: stop it first");
  }

  private Part part(Program program) {
    return new Part("worker-1", program, folder.resolve("worker-1.log"), guard, new Listener());
  }

  private final class Listener implements Part.Listener {
    @Override
    public void changed(Part part) {}

    @Override
    public void died(Part part, String how) {
      deaths.add(part.name() + " " + how);
    }
  }
}
