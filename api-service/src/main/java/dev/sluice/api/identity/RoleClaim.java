package dev.sluice.api.identity;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.jwt.Jwt;

/** Reads the roles out of a token. A claim of another shape grants nothing. */
final class RoleClaim implements Converter<Jwt, Collection<GrantedAuthority>> {
  private final String name;

  RoleClaim(String name) {
    this.name = name;
  }

  @Override
  public Collection<GrantedAuthority> convert(Jwt token) {
    return roles(value(token.getClaims(), name)).stream()
        .<GrantedAuthority>map(role -> new SimpleGrantedAuthority(Callers.ROLE_PREFIX + role))
        .toList();
  }

  /** A claim's name may have dots itself, as names that are addresses have. */
  private static @Nullable Object value(Map<?, ?> claims, String path) {
    if (claims.containsKey(path)) return claims.get(path);
    int dot = path.indexOf('.');
    return dot > 0 && claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner
        ? value(inner, path.substring(dot + 1))
        : null;
  }

  private static List<String> roles(@Nullable Object value) {
    return switch (value) {
      case String words -> words.isBlank() ? List.of() : List.of(words.strip().split("\\s+"));
      case Collection<?> list ->
          list.stream().filter(String.class::isInstance).map(String.class::cast).toList();
      case null, default -> List.of();
    };
  }
}
