package dev.sluice.localstack.program;

import dev.sluice.issuer.IssuerMain;
import dev.sluice.localstack.process.Commands;
import dev.sluice.localstack.process.LogFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The issuer of the demo accounts' tokens.
 *
 * @param key where its signing key is kept: a token outlives a restart
 */
public record IssuerProgram(Path key, int port, boolean quickStart) implements Program {

  @Override
  public PartKind kind() {
    return PartKind.ISSUER;
  }

  /** What its tokens name as their issuer. */
  @Override
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public Process launch(LogFile log) throws IOException {
    var options = new ArrayList<>(List.of("-Xmx64m"));
    if (quickStart) {
      options.addAll(Child.QUICK_START);
    }
    options.addAll(List.of("-cp", Commands.classPath()));
    return Child.launchJvm(
        options,
        List.of(
            IssuerMain.class.getName(),
            "--key",
            key.toString(),
            "--port",
            Integer.toString(port),
            "--url",
            url()),
        Map.of(),
        log);
  }

  @Override
  public boolean isReady(LogFile log) {
    return log.contains("Issuer is ready: ");
  }
}
