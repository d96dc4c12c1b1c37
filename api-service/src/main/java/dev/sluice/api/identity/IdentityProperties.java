package dev.sluice.api.identity;

import jakarta.validation.constraints.NotBlank;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param issuer whose access tokens are taken: the address that they name as {@code iss}; its keys
 *     are found by OpenID Connect discovery
 * @param jwkSetUri where the issuer's keys are, for an issuer without discovery
 * @param audience what tokens must name as {@code aud}: a token for another service is refused
 * @param clockSkew how far the issuer's clock may be off; a token is good for so much longer
 * @param rolesClaim claim with the roles, a list or words with spaces between; dots lead into
 *     objects, as in {@code realm_access.roles}
 * @param teamClaim claim with the team that pays
 * @param allowedOrigins pages of other origins that may call this service, as browsers name them:
 *     {@code https://chat.example}; a client without an {@code Origin} is no browser and needs none
 * @param demoAccounts whether the page offers the accounts of the demo issuer, which gives whoever
 *     asks a token; for a machine of one's own
 */
@Validated
@ConfigurationProperties("sluice.identity")
record IdentityProperties(
    @DefaultValue("") String issuer,
    @DefaultValue("") String jwkSetUri,
    @DefaultValue("sluice") @NotBlank String audience,
    @DefaultValue("30s") @DurationMin @DurationMax(minutes = 5) Duration clockSkew,
    @DefaultValue("roles") @NotBlank String rolesClaim,
    @DefaultValue("team") @NotBlank String teamClaim,
    @DefaultValue({}) List<String> allowedOrigins,
    @DefaultValue("false") boolean demoAccounts) {
  IdentityProperties {
    if (!isAddress(issuer))
      throw new IllegalArgumentException(
          "set sluice.identity.issuer (SLUICE_IDENTITY_ISSUER) to the http or https address of your"
              + " OpenID Connect issuer, as its tokens name it in iss");
    if (!jwkSetUri.isEmpty() && !isAddress(jwkSetUri))
      throw new IllegalArgumentException(
          "set sluice.identity.jwk-set-uri (SLUICE_IDENTITY_JWKSETURI) to the http or https address"
              + " of the issuer's keys, or to nothing");
    for (var origin : allowedOrigins)
      if (!isOrigin(origin))
        throw new IllegalArgumentException(
            "set sluice.identity.allowed-origins (SLUICE_IDENTITY_ALLOWEDORIGINS) to origins such as"
                + " https://chat.example, without a path, not to '%s'".formatted(origin));
  }

  private static boolean isAddress(String text) {
    var uri = parsed(text);
    return Set.of("http", "https").contains(String.valueOf(uri.getScheme()))
        && uri.getHost() != null
        && uri.getRawFragment() == null;
  }

  private static boolean isOrigin(String text) {
    var uri = parsed(text);
    return uri.getHost() != null
        && text.equals(
            uri.getScheme()
                + "://"
                + uri.getHost()
                + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
  }

  private static URI parsed(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException noUri) {
      return URI.create("");
    }
  }
}
