package dev.sluice.api.identity;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import java.security.Principal;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/** Turns an authenticated principal into the caller that the rest of the service knows. */
public final class Callers {
  static final String ROLE_PREFIX = "ROLE_";
  static final String TEAM_CLAIM = "team";
  private static final String NO_TEAM = "none";

  Callers() {}

  /**
   * @throws SluiceException with {@link ErrorCode#INVALID_TOKEN} if nobody is signed in
   */
  public Caller of(@Nullable Principal principal) {
    if (!(principal instanceof JwtAuthenticationToken signedIn))
      throw new SluiceException(ErrorCode.INVALID_TOKEN);
    var team = signedIn.getToken().getClaimAsString(TEAM_CLAIM);
    var roles =
        signedIn.getAuthorities().stream()
            .map(GrantedAuthority::getAuthority)
            .filter(authority -> authority != null && authority.startsWith(ROLE_PREFIX))
            .map(authority -> authority.substring(ROLE_PREFIX.length()))
            .collect(Collectors.toUnmodifiableSet());
    return new Caller(signedIn.getName(), team == null ? NO_TEAM : team, roles);
  }
}
