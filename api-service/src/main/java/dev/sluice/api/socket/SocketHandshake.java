package dev.sluice.api.socket;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.api.identity.Callers;
import dev.sluice.common.error.ErrorBody;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.trace.Traces;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.server.HandshakeInterceptor;

/**
 * Lets an upgrade happen only where there is a place for the socket; the socket keeps the place for
 * its life. Refusals are plain HTTP, in OpenAI's shape.
 */
final class SocketHandshake implements HandshakeInterceptor {
  private static final String SLOT = SocketHandshake.class.getName() + ".slot";
  private static final String TRACE = SocketHandshake.class.getName() + ".trace";
  private static final String AGAIN_IN_SECONDS = "5";

  private final SocketSlots slots;
  private final Callers callers;
  private final SocketMeters meters;
  private final ErrorBody errors;

  SocketHandshake(SocketSlots slots, Callers callers, SocketMeters meters, ErrorBody errors) {
    this.slots = slots;
    this.callers = callers;
    this.meters = meters;
    this.errors = errors;
  }

  /** The socket is closed; its place is free. */
  static void release(WebSocketSession session) {
    if (session.getAttributes().get(SLOT) instanceof SocketSlots.Slot slot) slot.release();
  }

  /** What the client was doing when it opened the socket; empty where it has not told. */
  static Context trace(WebSocketSession session) {
    return session.getAttributes().get(TRACE) instanceof Context told ? told : Context.root();
  }

  @Override
  public boolean beforeHandshake(
      ServerHttpRequest request,
      ServerHttpResponse response,
      WebSocketHandler handler,
      Map<String, Object> attributes) {
    try {
      var slot = slots.take(callers.of(request.getPrincipal()).user());
      attributes.put(SLOT, slot);
      // Without a trace of the client's, each response of the socket has one of its own
      if (request.getHeaders().containsHeader(Traces.HEADER))
        attributes.put(TRACE, Context.current());
      request.getAttributes().put(SLOT, slot);
      return true;
    } catch (SluiceException refusal) {
      meters.refused(refusal.code());
      refuse(response, refusal);
      return false;
    }
  }

  /**
   * An upgrade that was let through may still come to nothing: no socket, so nobody to close it.
   */
  @Override
  public void afterHandshake(
      ServerHttpRequest request,
      ServerHttpResponse response,
      WebSocketHandler handler,
      @Nullable Exception failure) {
    boolean upgraded =
        failure == null
            && response instanceof ServletServerHttpResponse servlet
            && servlet.getServletResponse().getStatus() == HttpStatus.SWITCHING_PROTOCOLS.value();
    if (!upgraded && request.getAttributes().get(SLOT) instanceof SocketSlots.Slot slot)
      slot.release();
  }

  private void refuse(ServerHttpResponse response, SluiceException refusal) {
    var code = refusal.code();
    response.setStatusCode(HttpStatus.valueOf(code.status()));
    response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
    if (code.isRetryable()) response.getHeaders().set(HttpHeaders.RETRY_AFTER, AGAIN_IN_SECONDS);
    try {
      response.getBody().write(errors.of(code, refusal.detail(), null).getBytes(UTF_8));
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }
}
