package dev.sluice.api.identity;

import static dev.sluice.api.identity.TestingIssuer.NOW;
import static dev.sluice.api.identity.TestingIssuer.header;
import static dev.sluice.api.identity.TestingIssuer.signer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.JwtException;

class AccessTokensTest {
  private TestingIssuer issuer;
  private AccessTokens tokens;

  @BeforeEach
  void start() throws IOException {
    issuer = new TestingIssuer();
    tokens = tokensOf(issuer.url(), "");
  }

  @AfterEach
  void stop() {
    issuer.close();
  }

  @Test
  void a_token_of_the_issuer_is_taken_by_either_algorithm() {
    var es256 = tokens.decode(issuer.token(_ -> {}));
    var rs256 =
        tokens.decode(
            issuer.signed(header(JWSAlgorithm.RS256, "rsa"), _ -> {}, signer(issuer.rsa)));
    assertThat(es256.getSubject()).isEqualTo("user1");
    assertThat(rs256.getSubject()).isEqualTo("user1");
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("another issuer", it -> it.issuer("http://elsewhere")),
        mistake("no issuer", it -> it.issuer(null)),
        mistake("another audience", it -> it.audience("other-service")),
        mistake("no audience", it -> it.audience((String) null)),
        mistake("expired", it -> it.expirationTime(at(-31))),
        mistake("no expiry", it -> it.expirationTime(null)),
        mistake("not valid yet", it -> it.notBeforeTime(at(31))),
        mistake("no subject", it -> it.subject(null)),
        mistake("an endless subject", it -> it.subject("x".repeat(256))));
  }

  private static Arguments mistake(String name, Consumer<JWTClaimsSet.Builder> change) {
    return Arguments.of(name, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void a_token_is_refused_with(String mistake, Consumer<JWTClaimsSet.Builder> change) {
    assertThatThrownBy(() -> tokens.decode(issuer.token(change)))
        .as(mistake)
        .isInstanceOf(BadJwtException.class);
  }

  @Test
  void clocks_may_be_off_by_the_skew() {
    assertThat(tokens.decode(issuer.token(it -> it.expirationTime(at(-29))))).isNotNull();
    assertThat(tokens.decode(issuer.token(it -> it.notBeforeTime(at(29))))).isNotNull();
  }

  @Test
  void one_of_several_audiences_suffices() {
    assertThat(tokens.decode(issuer.token(it -> it.audience(List.of("other", "sluice")))))
        .isNotNull();
  }

  @Test
  void a_token_that_nobody_signed_is_refused() {
    var claims =
        new JWTClaimsSet.Builder().issuer(issuer.url()).audience("sluice").subject("user1");
    assertRefused(new PlainJWT(claims.expirationTime(at(60)).build()).serialize());
  }

  @Test
  void the_public_key_is_no_secret_to_sign_with() throws Exception {
    var publicKey = issuer.rsa.toRSAPublicKey().getEncoded();
    assertRefused(
        issuer.signed(header(JWSAlgorithm.HS256, "rsa"), _ -> {}, new MACSigner(publicKey)));
  }

  @Test
  void another_key_under_a_known_id_is_refused() {
    assertRefused(
        issuer.signed(header(JWSAlgorithm.ES256, "ec"), _ -> {}, signer(TestingIssuer.ec("ec"))));
  }

  @Test
  void a_token_that_was_changed_is_refused() {
    var parts = issuer.token(_ -> {}).split("\\.");
    var other = issuer.token(it -> it.subject("user2")).split("\\.");
    assertRefused(parts[0] + "." + other[1] + "." + parts[2]);
    assertRefused("nonsense");
    assertRefused("");
  }

  @Test
  void keys_are_fetched_when_they_are_needed_and_kept() {
    assertThat(issuer.asked).isEmpty();
    for (int i = 0; i < 5; i++) tokens.decode(issuer.token(_ -> {}));
    assertThat(issuer.asked).containsExactly("/.well-known/openid-configuration", "/jwks");
  }

  @Test
  void a_new_key_is_found_when_a_token_names_it() {
    tokens.decode(issuer.token(_ -> {}));
    var next = TestingIssuer.ec("next");
    issuer.has(next);
    var token = issuer.signed(header(JWSAlgorithm.ES256, "next"), _ -> {}, signer(next));
    assertThat(tokens.decode(token).getSubject()).isEqualTo("user1");
  }

  @Test
  void invented_key_ids_do_not_flood_the_issuer() {
    tokens.decode(issuer.token(_ -> {}));
    for (int i = 0; i < 50; i++) {
      var key = TestingIssuer.ec("invented-" + i);
      assertRefused(
          issuer.signed(header(JWSAlgorithm.ES256, "invented-" + i), _ -> {}, signer(key)));
    }
    assertThat(issuer.asked).hasSizeLessThan(20);
  }

  @Test
  void an_issuer_that_goes_away_is_not_missed() {
    tokens.decode(issuer.token(_ -> {}));
    issuer.close();
    assertThat(tokens.decode(issuer.token(_ -> {}))).isNotNull();
  }

  @Test
  void an_issuer_that_fails_from_the_start_is_not_the_callers_fault() {
    issuer.answersWith(500);
    for (int i = 0; i < 5; i++) assertUnclear();
  }

  @Test
  void a_document_of_another_issuer_is_not_trusted() {
    issuer.callsItself("http://elsewhere");
    assertUnclear();
    assertThat(issuer.asked).doesNotContain("/jwks");
  }

  @Test
  void an_address_of_keys_needs_no_discovery() {
    var withAddress = tokensOf(issuer.url(), issuer.url() + "/jwks");
    assertThat(withAddress.decode(issuer.token(_ -> {}))).isNotNull();
    assertThat(issuer.asked).containsExactly("/jwks");
  }

  private void assertRefused(String token) {
    assertThatThrownBy(() -> tokens.decode(token)).isInstanceOf(BadJwtException.class);
  }

  private void assertUnclear() {
    assertThatThrownBy(() -> tokens.decode(issuer.token(_ -> {})))
        .isInstanceOf(JwtException.class)
        .isNotInstanceOf(BadJwtException.class);
  }

  private static AccessTokens tokensOf(String issuer, String jwkSetUri) {
    var properties =
        new IdentityProperties(
            issuer, jwkSetUri, "sluice", Duration.ofSeconds(30), "roles", "team", List.of(), false);
    return new AccessTokens(properties, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private static Date at(int secondsFromNow) {
    return Date.from(NOW.plusSeconds(secondsFromNow));
  }
}
