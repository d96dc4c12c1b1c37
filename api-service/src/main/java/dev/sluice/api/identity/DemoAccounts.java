package dev.sluice.api.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The page's way to the demo issuer, for whoever tries Sluice on their own machine. It only passes
 * on; the issuer signs. Exists only where it is switched on.
 */
@RestController
@ConditionalOnBooleanProperty("sluice.identity.demo-accounts")
class DemoAccounts {
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(3);
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(ANSWER_WITHIN)
          .build();
  private final String issuer;

  DemoAccounts(IdentityProperties properties) {
    this.issuer = properties.issuer();
  }

  record TokenRequest(@Nullable String account) {}

  @GetMapping("/demo/accounts")
  JsonNode accounts() {
    return json(send(HttpRequest.newBuilder(URI.create(issuer + "/accounts"))));
  }

  @PostMapping("/demo/tokens")
  JsonNode token(@RequestBody TokenRequest wanted) {
    var name = wanted.account() == null ? "" : wanted.account();
    var form = "grant_type=client_credentials&client_id=" + URLEncoder.encode(name, UTF_8);
    var answer =
        send(
            HttpRequest.newBuilder(URI.create(issuer + "/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    if (answer.statusCode() == 401)
      throw new SluiceException(
          ErrorCode.INVALID_VALUE,
          "account must be a demo account. See GET /demo/accounts.",
          "account");
    var granted = json(answer);
    granted.put("account", name);
    return granted;
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.timeout(ANSWER_WITHIN).build(), BodyHandlers.ofString());
    } catch (IOException away) {
      throw unavailable(away);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw unavailable(stopping);
    }
  }

  private static ObjectNode json(HttpResponse<String> answer) {
    try {
      if (answer.statusCode() == 200 && JSON.readTree(answer.body()) instanceof ObjectNode object)
        return object;
    } catch (JacksonException notJson) {
      // It is not quoted: it may hold a token.
    }
    throw unavailable(new IOException("the issuer answered with status " + answer.statusCode()));
  }

  private static SluiceException unavailable(Exception cause) {
    return new SluiceException(
        ErrorCode.SERVICE_UNAVAILABLE,
        "The issuer of demo tokens does not answer. Try again.",
        cause);
  }
}
