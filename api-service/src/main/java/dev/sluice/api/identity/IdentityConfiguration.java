package dev.sluice.api.identity;

import dev.sluice.common.error.ErrorBody;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.header.writers.CrossOriginOpenerPolicyHeaderWriter.CrossOriginOpenerPolicy;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IdentityProperties.class)
class IdentityConfiguration {
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self';"
          + " frame-ancestors 'none'";
  private static final String PERMISSIONS_POLICY =
      "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

  @Bean
  Callers callers(IdentityProperties properties) {
    return new Callers(properties.teamClaim(), properties.clockSkew());
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
  JwtDecoder jwtDecoder(IdentityProperties properties, InstantSource clock) {
    return new AccessTokens(properties, clock.withZone(ZoneOffset.UTC));
  }

  @Bean
  SecurityFilterChain security(HttpSecurity http, IdentityProperties properties, ErrorBody errors)
      throws Exception {
    var refusals = new Refusals(errors);
    return http.csrf(csrf -> csrf.disable()) // no cookie carries authority here
        .sessionManagement(it -> it.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .requestCache(cache -> cache.disable())
        .headers(IdentityConfiguration::headers)
        .addFilter(Origins.filter(properties.allowedOrigins(), errors))
        .authorizeHttpRequests(paths ->
            paths
                .requestMatchers("/v1/**", "/api/usage/**")
                .hasRole("chat")
                .requestMatchers("/actuator/health/**")
                .permitAll()
                .requestMatchers("/api/ops/**", "/actuator/**")
                .hasRole("ops")
                .requestMatchers("/api/finance/**")
                .hasRole("finance")
                .requestMatchers(HttpMethod.GET, "/api/me")
                .authenticated()
                // An API that nobody has thought of here is nobody's.
                .requestMatchers("/api/**")
                .denyAll()
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
                .withObjectPostProcessor(refusals)
                .bearerTokenResolver(new SocketBearerTokenResolver())
                .jwt(jwt -> jwt.jwtAuthenticationConverter(authorities(properties)))
                .authenticationEntryPoint(refusals))
        .exceptionHandling(
            handling -> handling.authenticationEntryPoint(refusals).accessDeniedHandler(refusals))
        .anonymous(Customizer.withDefaults())
        .build();
  }

  private static void headers(HeadersConfigurer<HttpSecurity> headers) {
    headers
        .contentSecurityPolicy(it -> it.policyDirectives(CONTENT_SECURITY_POLICY))
        .referrerPolicy(it -> it.policy(ReferrerPolicy.NO_REFERRER))
        .permissionsPolicyHeader(it -> it.policy(PERMISSIONS_POLICY))
        .crossOriginOpenerPolicy(it -> it.policy(CrossOriginOpenerPolicy.SAME_ORIGIN))
        .withObjectPostProcessor(
            new ObjectPostProcessor<HeaderWriterFilter>() {
              @Override
              public <F extends HeaderWriterFilter> F postProcess(F filter) {
                // An answer to HEAD has no body whose first byte would bring them
                filter.setShouldWriteHeadersEagerly(true);
                return filter;
              }
            });
  }

  private static JwtAuthenticationConverter authorities(IdentityProperties properties) {
    var converter = new JwtAuthenticationConverter();
    converter.setJwtGrantedAuthoritiesConverter(new RoleClaim(properties.rolesClaim()));
    return converter;
  }
}
