package dev.sluice.api;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param secret key that signs response ids, at least 32 characters, the same on every instance
 */
@Validated
@ConfigurationProperties("sluice.id")
record IdProperties(@DefaultValue("") String secret) {
  private static final int MIN_SECRET = 32;

  IdProperties {
    if (secret.length() < MIN_SECRET)
      throw new IllegalArgumentException(
          "set sluice.id.secret (SLUICE_ID_SECRET) to at least 32 random characters, the same on"
              + " every api instance");
  }

  @Override
  public String toString() {
    return "IdProperties[]";
  }
}
