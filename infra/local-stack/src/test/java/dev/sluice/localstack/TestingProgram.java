package dev.sluice.localstack;

import dev.sluice.localstack.process.LogFile;
import dev.sluice.localstack.program.PartKind;
import dev.sluice.localstack.program.Program;
import java.io.IOException;
import java.time.Duration;

/** A program that is one line of shell, ready when it has printed "serving". */
record TestingProgram(String script) implements Program {

  static final TestingProgram SOUND = new TestingProgram("echo serving; exec sleep 600");

  @Override
  public PartKind kind() {
    return PartKind.WORKER;
  }

  @Override
  public String url() {
    return "http://127.0.0.1:1";
  }

  @Override
  public Process launch(LogFile log) throws IOException {
    return new ProcessBuilder("/bin/sh", "-c", script)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.path().toFile()))
        .start();
  }

  @Override
  public boolean isReady(LogFile log) {
    return log.contains("serving");
  }

  @Override
  public Duration patience() {
    return Duration.ofSeconds(10);
  }
}
