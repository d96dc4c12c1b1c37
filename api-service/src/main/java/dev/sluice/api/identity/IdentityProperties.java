package dev.sluice.api.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param secret key that signs access tokens (HS256), at least 32 characters
 * @param demoAccounts whether anybody may have a token of a demo account; for a local stack only
 * @param tokenTtl how long a demo token is good for
 */
@Validated
@ConfigurationProperties("sluice.identity")
record IdentityProperties(
    @DefaultValue("") String secret,
    @DefaultValue("false") boolean demoAccounts,
    @DefaultValue("12h") Duration tokenTtl) {
  private static final int MIN_SECRET = 32;

  IdentityProperties {
    if (secret.length() < MIN_SECRET)
      throw new IllegalArgumentException(
          "set sluice.identity.secret (SLUICE_IDENTITY_SECRET) to at least 32 random characters,"
              + " the same on every api instance");
  }

  /** The key in the form that signs and verifies. */
  SecretKey key() {
    return new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256");
  }

  @Override
  public String toString() {
    return "IdentityProperties[demoAccounts=%s]".formatted(demoAccounts);
  }
}
