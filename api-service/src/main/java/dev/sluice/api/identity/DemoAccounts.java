package dev.sluice.api.identity;

import com.nimbusds.jose.jwk.source.ImmutableSecret;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Tokens for whoever tries Sluice on their own machine. Exists only where it is switched on. */
@RestController
@ConditionalOnBooleanProperty("sluice.identity.demo-accounts")
class DemoAccounts {
  private record Account(String team, List<String> roles) {}

  private static final Map<String, Account> ACCOUNTS = new LinkedHashMap<>();

  static {
    ACCOUNTS.put("user1", new Account("red", List.of("chat")));
    ACCOUNTS.put("user2", new Account("blue", List.of("chat")));
    ACCOUNTS.put("ops", new Account("operations", List.of("chat", "ops")));
    ACCOUNTS.put("finance", new Account("finance", List.of("chat", "finance")));
  }

  private final JwtEncoder encoder;
  private final Duration ttl;
  private final InstantSource clock;

  DemoAccounts(IdentityProperties properties, InstantSource clock) {
    this.encoder = new NimbusJwtEncoder(new ImmutableSecret<>(properties.key()));
    this.ttl = properties.tokenTtl();
    this.clock = clock;
  }

  record TokenRequest(@Nullable String account) {}

  @GetMapping("/demo/accounts")
  Map<String, Object> accounts() {
    return Map.of("accounts", List.copyOf(ACCOUNTS.keySet()));
  }

  @PostMapping("/demo/tokens")
  Map<String, Object> token(@RequestBody TokenRequest wanted) {
    var name = wanted.account();
    var account = name == null ? null : ACCOUNTS.get(name);
    if (name == null || account == null)
      throw new SluiceException(
          ErrorCode.INVALID_VALUE, "account must be one of " + ACCOUNTS.keySet(), "account");
    var now = clock.instant();
    var claims =
        JwtClaimsSet.builder()
            .subject(name)
            .issuedAt(now)
            .expiresAt(now.plus(ttl))
            .claim("roles", account.roles())
            .claim(Callers.TEAM_CLAIM, account.team())
            .build();
    var header = JwsHeader.with(MacAlgorithm.HS256).build();
    var token = encoder.encode(JwtEncoderParameters.from(header, claims)).getTokenValue();
    return Map.of(
        "access_token",
        token,
        "token_type",
        "Bearer",
        "expires_in",
        ttl.toSeconds(),
        "account",
        name);
  }
}
