package dev.sluice.api.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.error.ErrorBody;
import dev.sluice.common.error.ErrorCode;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.authentication.JwtGrantedAuthoritiesConverter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IdentityProperties.class)
class IdentityConfiguration {
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  @Bean
  Callers callers() {
    return new Callers();
  }

  @Bean
  WebMvcConfigurer callerArgument(Callers callers) {
    return new WebMvcConfigurer() {
      @Override
      public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new CallerArgument(callers));
      }
    };
  }

  @Bean
  JwtDecoder jwtDecoder(IdentityProperties properties) {
    return NimbusJwtDecoder.withSecretKey(properties.key())
        .macAlgorithm(MacAlgorithm.HS256)
        .build();
  }

  @Bean
  SecurityFilterChain security(HttpSecurity http, ErrorBody errors) throws Exception {
    return http.csrf(csrf -> csrf.disable()) // no cookie carries authority here
        .sessionManagement(it -> it.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(cache -> cache.disable())
        .headers(headers ->
            headers.contentSecurityPolicy(it -> it.policyDirectives(CONTENT_SECURITY_POLICY)))
        .authorizeHttpRequests(paths ->
            paths
                .requestMatchers("/v1/**", "/api/usage/**")
                .hasRole("chat")
                .requestMatchers("/actuator/health/**")
                .permitAll()
                .requestMatchers("/actuator/**")
                .hasRole("ops")
                .requestMatchers("/api/ops/**")
                .hasRole("ops")
                .requestMatchers("/demo/**")
                .permitAll()
                // What is left are the pages; they hold no data of their own.
                .requestMatchers(HttpMethod.GET, "/**")
                .permitAll()
                .requestMatchers(HttpMethod.HEAD, "/**")
                .permitAll()
                .anyRequest()
                .denyAll())
        .oauth2ResourceServer(server ->
            server
                .bearerTokenResolver(new SocketBearerTokenResolver())
                .jwt(jwt -> jwt.jwtAuthenticationConverter(authorities()))
                .authenticationEntryPoint(
                    (_, response, _) -> refuse(response, errors, ErrorCode.INVALID_TOKEN)))
        .exceptionHandling(handling ->
            handling
                .authenticationEntryPoint(
                    (_, response, _) -> refuse(response, errors, ErrorCode.INVALID_TOKEN))
                .accessDeniedHandler(
                    (_, response, _) -> refuse(response, errors, ErrorCode.FORBIDDEN)))
        .anonymous(Customizer.withDefaults())
        .build();
  }

  private static void refuse(HttpServletResponse response, ErrorBody errors, ErrorCode code)
      throws IOException {
    response.setStatus(code.status());
    response.setContentType("application/json");
    if (code == ErrorCode.INVALID_TOKEN) response.setHeader("WWW-Authenticate", "Bearer");
    response.getOutputStream().write(errors.of(code, code.sentence(), null).getBytes(UTF_8));
  }

  private static JwtAuthenticationConverter authorities() {
    var roles = new JwtGrantedAuthoritiesConverter();
    roles.setAuthoritiesClaimName("roles");
    roles.setAuthorityPrefix(Callers.ROLE_PREFIX);
    var converter = new JwtAuthenticationConverter();
    converter.setJwtGrantedAuthoritiesConverter(roles);
    return converter;
  }
}
