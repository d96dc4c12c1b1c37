package dev.sluice.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoIssuerTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir Path folder;
  private DemoIssuer issuer;

  @BeforeEach
  void start() {
    issuer = DemoIssuer.start(IssuerOptions.keyIn(keyFile()), InstantSource.fixed(NOW));
  }

  @AfterEach
  void stop() {
    issuer.close();
  }

  @Test
  void discovery_names_the_issuer_and_where_its_keys_are() throws Exception {
    var discovery = json(get("/.well-known/openid-configuration"));
    assertThat(discovery)
        .containsEntry("issuer", issuer.url())
        .containsEntry("jwks_uri", issuer.url() + "/jwks")
        .containsEntry("token_endpoint", issuer.url() + "/token");
  }

  @Test
  void the_private_half_of_the_key_is_not_served() throws Exception {
    var keys = JWKSet.parse(get("/jwks").body()).getKeys();
    assertThat(keys).hasSize(1).allMatch(key -> !key.isPrivate());
  }

  @Test
  void a_token_is_signed_by_the_key_that_is_served() throws Exception {
    var token = token("ops");
    var key = JWKSet.parse(get("/jwks").body()).getKeyByKeyId(token.getHeader().getKeyID());
    assertThat(token.verify(new ECDSAVerifier(key.toECKey()))).isTrue();
  }

  @Test
  void a_token_says_who_it_is_for_and_how_long() throws Exception {
    var claims = token("ops").getJWTClaimsSet();
    assertThat(claims.getIssuer()).isEqualTo(issuer.url());
    assertThat(claims.getAudience()).containsExactly("sluice");
    assertThat(claims.getSubject()).isEqualTo("ops");
    assertThat(claims.getStringListClaim("roles")).containsExactly("chat", "ops");
    assertThat(claims.getStringClaim("team")).isEqualTo("operations");
    assertThat(claims.getExpirationTime()).isEqualTo(Instant.parse("2026-01-01T12:00:00Z"));
  }

  @Test
  void a_client_may_ask_for_less_time_but_not_for_more() throws Exception {
    assertThat(expiry("5")).isEqualTo(NOW.plusSeconds(5));
    assertThat(expiry("999999999")).isEqualTo(NOW.plusSeconds(12 * 3600));
  }

  @ParameterizedTest
  @CsvSource({
    "grant_type=client_credentials&client_id=root, 401, invalid_client",
    "grant_type=client_credentials, 401, invalid_client",
    "grant_type=password&client_id=user1, 400, unsupported_grant_type",
    "grant_type=client_credentials&client_id=user1&expires_in=0, 400, invalid_request",
    "grant_type=client_credentials&client_id=user1&expires_in=soon, 400, invalid_request",
    "grant_type=client_credentials&client_id=%zz, 400, invalid_request",
    "nonsense, 400, unsupported_grant_type"
  })
  void what_is_no_token_request_is_refused(String form, int status, String error) throws Exception {
    var refusal = post(form);
    assertThat(refusal.statusCode()).isEqualTo(status);
    assertThat(json(refusal)).containsEntry("error", error);
  }

  @Test
  void a_large_body_is_refused() throws Exception {
    assertThat(post("client_id=" + "x".repeat(100_000)).statusCode()).isEqualTo(400);
  }

  @Test
  void the_key_outlives_a_restart_and_is_its_owners_alone() throws Exception {
    var before = get("/jwks").body();
    issuer.close();
    start();
    assertThat(get("/jwks").body()).isEqualTo(before);
    assertThat(Files.getPosixFilePermissions(keyFile()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void a_damaged_key_is_named_and_not_quoted() throws Exception {
    Files.writeString(folder.resolve("damaged"), "{\"d\":\"secret\"}");
    assertThatThrownBy(() -> SigningKey.in(folder.resolve("damaged")))
        .hasMessageContaining("damaged is no private JWK")
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }

  @Test
  void arguments_are_checked() {
    assertThat(IssuerMain.options("--key", "k", "--port", "8", "--url", "http://issuer:8").url())
        .isEqualTo("http://issuer:8");
    assertThatThrownBy(IssuerMain::options).hasMessageContaining("set --key");
    assertThatThrownBy(() -> IssuerMain.options("--key")).hasMessage("--key needs a value");
    assertThatThrownBy(() -> IssuerMain.options("--key", "k", "--port", "x"))
        .hasMessage("set --port to a number, not x");
    assertThatThrownBy(() -> IssuerMain.options("--kee", "k")).hasMessage("unknown argument --kee");
  }

  private Instant expiry(String seconds) throws Exception {
    var answer = json(post("grant_type=client_credentials&client_id=user1&expires_in=" + seconds));
    return SignedJWT.parse(String.valueOf(answer.get("access_token")))
        .getJWTClaimsSet()
        .getExpirationTime()
        .toInstant();
  }

  private SignedJWT token(String account) throws Exception {
    var answer = json(post("grant_type=client_credentials&client_id=" + account));
    assertThat(answer).containsEntry("token_type", "Bearer");
    return SignedJWT.parse(String.valueOf(answer.get("access_token")));
  }

  private Path keyFile() {
    return folder.resolve("key.json");
  }

  private HttpResponse<String> get(String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(issuer.url() + path)).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String form) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(issuer.url() + "/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build(),
        BodyHandlers.ofString());
  }

  private static Map<String, Object> json(HttpResponse<String> response) throws Exception {
    return JSONObjectUtils.parse(response.body());
  }
}
