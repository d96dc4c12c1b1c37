package dev.sluice.api.identity;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;

/**
 * Finds the access token of a request: in {@code Authorization}, or, as a browser cannot set that
 * on a WebSocket, in the subprotocol {@code openai-insecure-api-key.<token>}, where OpenAI's own
 * browser clients put it. Never in the URL, which ends up in logs.
 */
final class SocketBearerTokenResolver implements BearerTokenResolver {
  private static final String SUBPROTOCOLS = "Sec-WebSocket-Protocol";
  private static final String PREFIX = "openai-insecure-api-key.";

  private final BearerTokenResolver header = new DefaultBearerTokenResolver();

  @Override
  public @Nullable String resolve(HttpServletRequest request) {
    var token = header.resolve(request);
    return token != null ? token : fromSubprotocol(request);
  }

  private static @Nullable String fromSubprotocol(HttpServletRequest request) {
    for (var line : Collections.list(request.getHeaders(SUBPROTOCOLS)))
      for (var offered : line.split(",", -1))
        if (offered.strip().startsWith(PREFIX)) return offered.strip().substring(PREFIX.length());
    return null;
  }
}
