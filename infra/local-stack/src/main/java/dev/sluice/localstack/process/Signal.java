package dev.sluice.localstack.process;

import java.io.IOException;

/** What may be sent to a process of the stack. */
public enum Signal {
  TERM,
  INT,
  KILL,
  STOP,
  CONT;

  /** Sends it and waits until it is sent. A process that is gone is no error. */
  public void send(long pid) {
    try {
      Forks.start(
              new ProcessBuilder("kill", "-" + name(), Long.toString(pid))
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.DISCARD))
          .waitFor();
    } catch (IOException noKill) {
      throw new StackException("cannot run kill: " + noKill.getMessage(), noKill);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
