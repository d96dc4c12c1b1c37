package dev.sluice.api.socket;

import dev.sluice.api.responses.Responder;
import dev.sluice.common.error.ErrorBody;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.SubProtocolCapable;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/**
 * The container's side of {@code /v1/responses}. Messages come in parts and are put together up to
 * our own limit, so that the container needs no large buffer for each idle socket.
 */
final class ResponsesSocketHandler extends AbstractWebSocketHandler implements SubProtocolCapable {
  private static final Logger log = LoggerFactory.getLogger(ResponsesSocketHandler.class);

  private final Responder responder;
  private final SocketProperties properties;
  private final SocketCallers callers;
  private final SocketMeters meters;
  private final ErrorBody errors;
  private final Executor threads;
  private final ScheduledExecutorService timer;
  private final InstantSource clock;
  private final Map<String, Connection> connections = new ConcurrentHashMap<>();

  ResponsesSocketHandler(
      Responder responder,
      SocketProperties properties,
      SocketCallers callers,
      SocketMeters meters,
      ErrorBody errors,
      Executor threads,
      ScheduledExecutorService timer,
      InstantSource clock) {
    this.responder = responder;
    this.properties = properties;
    this.callers = callers;
    this.meters = meters;
    this.errors = errors;
    this.threads = threads;
    this.timer = timer;
    this.clock = clock;
  }

  @Override
  public List<String> getSubProtocols() {
    return List.of("responses");
  }

  @Override
  public boolean supportsPartialMessages() {
    return true;
  }

  @Override
  public void afterConnectionEstablished(WebSocketSession session) {
    var writer =
        new SocketWriter(
            session,
            threads,
            timer,
            properties.outboundBuffer(),
            properties.slowReaderGrace(),
            System::nanoTime);
    var client = new ClientSocket.Client(callers.of(session), SocketHandshake.trace(session));
    var socket = new ClientSocket(client, responder, writer, properties, errors);
    var connection = new Connection(socket, writer, properties, timer);
    connections.put(session.getId(), connection);
    connection.begin(Duration.between(clock.instant(), callers.signedInUntil(session)));
  }

  @Override
  protected void handleTextMessage(WebSocketSession session, TextMessage part) {
    var connection = connections.get(session.getId());
    if (connection != null) connection.part(part.getPayload(), part.isLast());
  }

  @Override
  protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) {
    var connection = connections.get(session.getId());
    if (connection != null) connection.binary();
  }

  @Override
  protected void handlePongMessage(WebSocketSession session, PongMessage message) {
    var connection = connections.get(session.getId());
    if (connection != null) connection.pong();
  }

  @Override
  public void handleTransportError(WebSocketSession session, Throwable failure) {
    log.atDebug().addKeyValue("cause", failure.toString()).log("A socket broke");
  }

  @Override
  public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
    SocketHandshake.release(session);
    meters.closed(status);
    var connection = connections.remove(session.getId());
    if (connection == null) return;
    connection.end();
  }
}
