package dev.sluice.api.identity;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/** Turns an authenticated principal into the caller that the rest of the service knows. */
public final class Callers {
  static final String ROLE_PREFIX = "ROLE_";
  private static final String NO_TEAM = "none";

  private final String teamClaim;
  private final Duration clockSkew;

  Callers(String teamClaim, Duration clockSkew) {
    this.teamClaim = teamClaim;
    this.clockSkew = clockSkew;
  }

  /**
   * @throws SluiceException with {@link ErrorCode#INVALID_TOKEN} if nobody is signed in
   */
  public Caller of(@Nullable Principal principal) {
    var signedIn = signedIn(principal);
    var team = signedIn.getToken().getClaims().get(teamClaim);
    var roles =
        signedIn.getAuthorities().stream()
            .map(GrantedAuthority::getAuthority)
            .filter(authority -> authority != null && authority.startsWith(ROLE_PREFIX))
            .map(authority -> authority.substring(ROLE_PREFIX.length()))
            .collect(Collectors.toUnmodifiableSet());
    return new Caller(signedIn.getName(), team instanceof String name ? name : NO_TEAM, roles);
  }

  /**
   * Until when the caller's token is taken: a new connection with it is refused from then on.
   *
   * @throws SluiceException with {@link ErrorCode#INVALID_TOKEN} if nobody is signed in
   */
  public Instant signedInUntil(@Nullable Principal principal) {
    var expiry = signedIn(principal).getToken().getExpiresAt();
    if (expiry == null) throw new SluiceException(ErrorCode.INVALID_TOKEN);
    return expiry.plus(clockSkew);
  }

  private static JwtAuthenticationToken signedIn(@Nullable Principal principal) {
    if (principal instanceof JwtAuthenticationToken signedIn) return signedIn;
    throw new SluiceException(ErrorCode.INVALID_TOKEN);
  }
}
