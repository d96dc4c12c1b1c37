package dev.sluice.api.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.error.ErrorBody;
import dev.sluice.common.error.ErrorCode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.DefaultCorsProcessor;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

/**
 * Which pages may call: those of this service, and those of the origins that are allowed. One rule
 * for HTTP (CORS) and for the upgrade to a WebSocket, which browsers let any page ask for.
 */
final class Origins {
  private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "DELETE");
  private static final Duration PREFLIGHT_KEPT = Duration.ofHours(1);

  private Origins() {}

  static CorsFilter filter(List<String> allowed, ErrorBody errors) {
    var rule = new CorsConfiguration();
    rule.setAllowedOrigins(allowed);
    rule.setAllowedMethods(METHODS);
    // Authority is in a header that a page has to know; there are no cookies to steal.
    rule.setAllowedHeaders(List.of(CorsConfiguration.ALL));
    rule.setExposedHeaders(List.of(CorsConfiguration.ALL));
    rule.setAllowCredentials(false);
    rule.setMaxAge(PREFLIGHT_KEPT);
    var everywhere = new UrlBasedCorsConfigurationSource();
    everywhere.registerCorsConfiguration("/**", rule);
    var filter = new CorsFilter(everywhere);
    filter.setCorsProcessor(new Refusing(errors));
    return filter;
  }

  /** Says in our own words what was refused. */
  private static final class Refusing extends DefaultCorsProcessor {
    private final ErrorBody errors;

    Refusing(ErrorBody errors) {
      this.errors = errors;
    }

    @Override
    protected void rejectRequest(ServerHttpResponse response) throws IOException {
      var code = ErrorCode.ORIGIN_NOT_ALLOWED;
      response.setStatusCode(HttpStatus.valueOf(code.status()));
      response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
      response.getBody().write(errors.of(code, code.sentence(), null).getBytes(UTF_8));
      response.flush();
    }
  }
}
