package dev.sluice.localstack.program;

import dev.sluice.localstack.process.LogFile;
import dev.sluice.localstack.process.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** One program on one port with one folder of data; it may be started many times. */
public interface Program {

  PartKind kind();

  /** Where it is reached, in the form that its clients take. */
  String url();

  /** What else its clients need, such as user and password of the database. */
  default Map<String, String> details() {
    return Map.of();
  }

  /**
   * Starts the process, its output going to the log, and does not wait for it to serve. The first
   * launch installs the program before, which may take seconds.
   */
  Process launch(LogFile log) throws IOException;

  /** Whether it serves. Asked again and again while it starts, so it must not block for long. */
  boolean isReady(LogFile log);

  /** What is done on every start as soon as it serves. */
  default void whenReady() {}

  /** The signal on which it ends in order. */
  default Signal stopSignal() {
    return Signal.TERM;
  }

  /** How long it may take from launch to ready. */
  default Duration patience() {
    return Duration.ofSeconds(60);
  }
}
