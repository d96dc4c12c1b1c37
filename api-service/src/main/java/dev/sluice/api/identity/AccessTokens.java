package dev.sluice.api.identity;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/**
 * Checks access tokens as RFC 9068 §4 wants it: signature (RS256 or ES256), issuer, audience, times
 * and subject. Thread-safe.
 */
final class AccessTokens implements JwtDecoder {
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256);
  private static final int LONGEST_SUBJECT = 255; // OpenID Connect Core §2

  private final IssuerKeys keys;
  private final JwtDecoder decoder;

  AccessTokens(IdentityProperties properties, Clock clock) {
    this.keys = IssuerKeys.of(properties);
    this.decoder = decoder(keys, rules(properties, clock));
  }

  /**
   * @throws BadJwtException if the token is not good
   * @throws JwtException of another kind if that cannot be told now
   */
  @Override
  public Jwt decode(String token) {
    try {
      return decoder.decode(token);
    } catch (BadJwtException bad) {
      throw bad;
    } catch (JwtException unclear) {
      // With keys at hand it is the token's key that does not exist, not the issuer that is away.
      if (keys.areKnown() && unclear.getCause() instanceof RateLimitReachedException)
        throw new BadJwtException("the token is signed with an unknown key", unclear);
      throw unclear;
    }
  }

  private static JwtDecoder decoder(IssuerKeys keys, OAuth2TokenValidator<Jwt> rules) {
    var processor = new DefaultJWTProcessor<SecurityContext>();
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys.cached()));
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    processor.setJWTClaimsSetVerifier((_, _) -> {}); // the rules do
    var decoder = new NimbusJwtDecoder(processor);
    decoder.setJwtValidator(rules);
    return decoder;
  }

  private static OAuth2TokenValidator<Jwt> rules(IdentityProperties properties, Clock clock) {
    var times = new JwtTimestampValidator(properties.clockSkew());
    times.setClock(clock);
    times.setAllowEmptyExpiryClaim(false);
    return new DelegatingOAuth2TokenValidator<>(
        List.of(
            times,
            new JwtIssuerValidator(properties.issuer()),
            token -> verdict(isFor(properties.audience(), token.getAudience()), "aud"),
            token -> verdict(isSubject(token.getSubject()), "sub")));
  }

  private static OAuth2TokenValidatorResult verdict(boolean right, String claim) {
    return right
        ? OAuth2TokenValidatorResult.success()
        : OAuth2TokenValidatorResult.failure(new OAuth2Error("invalid_token", claim, null));
  }

  private static boolean isFor(String audience, @Nullable List<String> named) {
    return named != null && named.contains(audience);
  }

  /** The subject is the user wherever a user is named: in ids, keys and the ledger. */
  private static boolean isSubject(@Nullable String subject) {
    return subject != null && !subject.isBlank() && subject.length() <= LONGEST_SUBJECT;
  }
}
