package dev.sluice.localstack.command;

import dev.sluice.localstack.PartState;
import dev.sluice.localstack.StackFile;
import dev.sluice.localstack.process.StackException;
import dev.sluice.localstack.program.PartKind;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Prints a token of a demo account, for scripts and for trying out. */
final class TokenCommand {

  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

  private final Path data;

  TokenCommand(Path data) {
    this.data = data;
  }

  int run(Arguments arguments) {
    System.out.println(token(arguments.word("account: user1, user2, ops or finance")));
    return 0;
  }

  private String token(String account) {
    var form =
        "grant_type=client_credentials&client_id="
            + URLEncoder.encode(account, StandardCharsets.UTF_8);
    var request =
        HttpRequest.newBuilder(URI.create(issuer() + "/token"))
            .timeout(ANSWER_WITHIN)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build();
    try (var http = HttpClient.newHttpClient()) {
      var response = http.send(request, HttpResponse.BodyHandlers.ofString());
      var token = JsonMapper.shared().readTree(response.body()).path("access_token");
      if (response.statusCode() != 200 || !token.isString()) {
        throw new StackException(
            "no token for %s (HTTP %d): accounts are user1, user2, ops, finance"
                .formatted(account, response.statusCode()));
      }
      return token.asString();
    } catch (IOException | JacksonException e) {
      throw new StackException("the issuer does not answer: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StackException("interrupted", e);
    }
  }

  private String issuer() {
    return StackFile.read(data).stream()
        .flatMap(file -> file.parts().stream())
        .filter(part -> part.kind().equals(PartKind.ISSUER.label()))
        .filter(part -> part.state().equals(PartState.READY.label()))
        .map(StackFile.Entry::url)
        .findFirst()
        .orElseThrow(() -> new StackException("Sluice is not running; ./sluice up starts it"));
  }
}
