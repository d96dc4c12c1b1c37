package dev.sluice.api.socket;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.api.responses.Responder;
import dev.sluice.common.error.ErrorBody;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
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
  private final ErrorBody errors;
  private final Executor threads;
  private final ScheduledExecutorService timer;
  private final Map<String, Connection> connections = new ConcurrentHashMap<>();

  /** A client and the message of its that is being received; parts come one at a time. */
  private static final class Connection {
    final ClientSocket socket;
    final SocketWriter writer;
    final ScheduledFuture<?> expiry;
    final StringBuilder parts = new StringBuilder();
    boolean tooLarge;

    Connection(ClientSocket socket, SocketWriter writer, ScheduledFuture<?> expiry) {
      this.socket = socket;
      this.writer = writer;
      this.expiry = expiry;
    }
  }

  ResponsesSocketHandler(
      Responder responder,
      SocketProperties properties,
      SocketCallers callers,
      ErrorBody errors,
      Executor threads,
      ScheduledExecutorService timer) {
    this.responder = responder;
    this.properties = properties;
    this.callers = callers;
    this.errors = errors;
    this.threads = threads;
    this.timer = timer;
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
    var writer = new SocketWriter(session, threads, properties.outboundBuffer());
    var socket = new ClientSocket(callers.of(session), responder, writer, properties, errors);
    var expiry =
        timer.schedule(
            () -> expire(socket, writer), properties.maxAge().toMillis(), TimeUnit.MILLISECONDS);
    connections.put(session.getId(), new Connection(socket, writer, expiry));
  }

  @Override
  protected void handleTextMessage(WebSocketSession session, TextMessage part) {
    var connection = connections.get(session.getId());
    if (connection == null) return;
    var parts = connection.parts;
    if (!connection.tooLarge) parts.append(part.getPayload());
    if (parts.length() > properties.maxMessageBytes()) {
      connection.tooLarge = true;
      parts.setLength(0);
    }
    if (!part.isLast()) return;
    var message = parts.toString();
    parts.setLength(0);
    parts.trimToSize();
    if (connection.tooLarge || message.getBytes(UTF_8).length > properties.maxMessageBytes()) {
      connection.tooLarge = false;
      connection.socket.refuse(tooLarge(), null);
    } else {
      connection.socket.frame(message);
    }
  }

  @Override
  protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) {
    var connection = connections.get(session.getId());
    if (connection != null)
      connection.writer.close(CloseStatus.NOT_ACCEPTABLE.withReason("send text frames"));
  }

  @Override
  public void handleTransportError(WebSocketSession session, Throwable failure) {
    log.atDebug().addKeyValue("cause", failure.toString()).log("A socket broke");
  }

  @Override
  public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
    var connection = connections.remove(session.getId());
    if (connection == null) return;
    connection.expiry.cancel(false);
    connection.socket.close();
  }

  private static void expire(ClientSocket socket, SocketWriter writer) {
    socket.refuse(new SluiceException(ErrorCode.WEBSOCKET_CONNECTION_LIMIT_REACHED), null);
    writer.close(CloseStatus.NORMAL.withReason("connection limit reached"));
  }

  private SluiceException tooLarge() {
    return new SluiceException(
        ErrorCode.REQUEST_TOO_LARGE,
        "The message has more than %,d bytes. Shorten the input."
            .formatted(properties.maxMessageBytes()));
  }
}
