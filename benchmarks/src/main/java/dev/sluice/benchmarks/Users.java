package dev.sluice.benchmarks;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.sluice.localstack.LocalStack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/**
 * As many users as a benchmark needs: their tokens are signed with the key of the stack's own
 * issuer. One user alone would be no load like that of many, since much is kept in order by user.
 */
public final class Users {
  private static final Duration GOOD_FOR = Duration.ofHours(2);

  private final ECKey key;
  private final String issuer;

  private Users(ECKey key, String issuer) {
    this.key = key;
    this.issuer = issuer;
  }

  public static Users of(LocalStack stack) {
    try {
      var key = ECKey.parse(Files.readString(stack.dataFolder().resolve("issuer.jwk")));
      return new Users(key, stack.issuer().url());
    } catch (IOException unreadable) {
      throw new UncheckedIOException("the issuer's key cannot be read", unreadable);
    } catch (ParseException damaged) {
      throw new IllegalStateException("the issuer's key is none", damaged);
    }
  }

  /** An access token with the role {@code chat}. */
  public String token(String user) {
    var now = Instant.now();
    var claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer)
            .audience("sluice")
            .subject(user)
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(GOOD_FOR)))
            .claim("roles", List.of("chat"))
            .claim("team", "red")
            .build();
    var header = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build();
    var token = new SignedJWT(header, claims);
    try {
      token.sign(new ECDSASigner(key));
    } catch (JOSEException impossible) {
      throw new IllegalStateException("a key of P-256 signs ES256", impossible);
    }
    return token.serialize();
  }
}
