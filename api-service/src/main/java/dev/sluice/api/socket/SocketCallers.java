package dev.sluice.api.socket;

import dev.sluice.api.identity.Callers;
import dev.sluice.common.id.Caller;
import java.time.Instant;
import org.springframework.web.socket.WebSocketSession;

/** Who opened a socket; the handshake was refused before this if nobody was signed in. */
final class SocketCallers {
  private final Callers callers;

  SocketCallers(Callers callers) {
    this.callers = callers;
  }

  Caller of(WebSocketSession session) {
    return callers.of(session.getPrincipal());
  }

  /** Until when the token is good that opened it. */
  Instant signedInUntil(WebSocketSession session) {
    return callers.signedInUntil(session.getPrincipal());
  }
}
