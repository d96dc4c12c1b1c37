package dev.sluice.api.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.error.ErrorBody;
import dev.sluice.common.error.ErrorCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;

/**
 * What is told to whom is not let in: never why a token was refused, which helps only somebody who
 * makes tokens up, and never the token.
 */
final class Refusals
    implements AuthenticationEntryPoint,
        AccessDeniedHandler,
        ObjectPostProcessor<BearerTokenAuthenticationFilter> {
  private static final String AGAIN_IN_SECONDS = "2";

  private final ErrorBody errors;

  Refusals(ErrorBody errors) {
    this.errors = errors;
  }

  /** Nobody is signed in, or it cannot be told who. */
  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException refusal)
      throws IOException {
    if (refusal instanceof AuthenticationServiceException) {
      response.setHeader("Retry-After", AGAIN_IN_SECONDS);
      refuse(
          response,
          ErrorCode.SERVICE_UNAVAILABLE,
          "The access token cannot be checked: its issuer does not answer. Try again.");
      return;
    }
    response.setHeader("WWW-Authenticate", "Bearer");
    refuse(response, ErrorCode.INVALID_TOKEN, ErrorCode.INVALID_TOKEN.sentence());
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException refusal)
      throws IOException {
    refuse(response, ErrorCode.FORBIDDEN, ErrorCode.FORBIDDEN.sentence());
  }

  /** By default an issuer that is away would be a status 500 with a stack trace in the log. */
  @Override
  public <O extends BearerTokenAuthenticationFilter> O postProcess(O filter) {
    filter.setAuthenticationFailureHandler(this::commence);
    return filter;
  }

  private void refuse(HttpServletResponse response, ErrorCode code, String message)
      throws IOException {
    response.setStatus(code.status());
    response.setContentType("application/json");
    response.getOutputStream().write(errors.of(code, message, null).getBytes(UTF_8));
  }
}
