package dev.sluice.api.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.jwt.Jwt;

class RoleClaimTest {
  @Test
  void a_list_or_words_are_roles() {
    assertThat(roles("roles", Map.of("roles", List.of("chat", "ops"))))
        .containsExactly("ROLE_chat", "ROLE_ops");
    assertThat(roles("scope", Map.of("scope", " chat  ops ")))
        .containsExactly("ROLE_chat", "ROLE_ops");
  }

  @Test
  void dots_lead_into_objects() {
    assertThat(
            roles(
                "realm_access.roles", Map.of("realm_access", Map.of("roles", List.of("finance")))))
        .containsExactly("ROLE_finance");
  }

  @Test
  void a_claim_whose_name_has_dots_is_found_as_it_is() {
    assertThat(
            roles(
                "https://sluice.example/roles",
                Map.of("https://sluice.example/roles", List.of("chat"))))
        .containsExactly("ROLE_chat");
  }

  @Test
  void a_claim_of_another_shape_grants_nothing() {
    assertThat(roles("roles", Map.of("other", List.of("ops")))).isEmpty();
    assertThat(roles("roles", Map.of("roles", Map.of("ops", true)))).isEmpty();
    assertThat(roles("roles", Map.of("roles", 7))).isEmpty();
    assertThat(roles("roles", Map.of("roles", ""))).isEmpty();
    assertThat(roles("roles", Map.of("roles", List.of(1, "chat")))).containsExactly("ROLE_chat");
    assertThat(roles("a.b", Map.of("a", "ops"))).isEmpty();
  }

  private static List<String> roles(String claim, Map<String, Object> claims) {
    var token = new Jwt("token", null, null, Map.of("alg", "ES256"), claims);
    return new RoleClaim(claim)
        .convert(token).stream().map(GrantedAuthority::getAuthority).toList();
  }
}
