package dev.sluice.localstack.program;

import dev.sluice.localstack.process.LogFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An api-service or a worker-service, from its extracted jar.
 *
 * @param kind API or WORKER
 * @param jvmOptions options of this kind alone
 * @param environment all that the service is told, but for address, port and shared settings
 * @param keepsArchive whether this instance writes the class archive that quickens later starts;
 *     one instance of a kind does, or they would write it at the same time
 */
public record ServiceProgram(
    PartKind kind,
    ServiceJar jar,
    int port,
    boolean quickStart,
    boolean keepsArchive,
    List<String> jvmOptions,
    Map<String, String> environment)
    implements Program {

  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(ANSWER_WITHIN)
          .build();

  @Override
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public Process launch(LogFile log) throws IOException {
    var runnable = jar.extracted();
    var options = new ArrayList<>(List.of("-Xmx384m"));
    if (quickStart) {
      options.addAll(Child.QUICK_START);
      if (keepsArchive) {
        options.add("-XX:+AutoCreateSharedArchive");
      }
      options.add("-XX:SharedArchiveFile=" + jar.classArchive());
      options.add("-Xshare:auto");
      options.add("-Xlog:cds=off,aot=off");
    }
    options.addAll(jvmOptions);
    var all = new HashMap<>(Settings.pairs("sluice.env"));
    all.put("SERVER_ADDRESS", "127.0.0.1");
    all.put("SERVER_PORT", Integer.toString(port));
    all.putAll(environment);
    return Child.launchJvm(options, List.of("-jar", runnable.toString()), all, log);
  }

  @Override
  public boolean isReady(LogFile log) {
    var request =
        HttpRequest.newBuilder(URI.create(url() + "/actuator/health/readiness"))
            .timeout(ANSWER_WITHIN)
            .build();
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public Duration patience() {
    return Duration.ofMinutes(2);
  }
}
