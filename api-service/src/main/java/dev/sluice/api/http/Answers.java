package dev.sluice.api.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.api.admission.Wishes;
import dev.sluice.api.responses.PreparedRequest;
import dev.sluice.api.responses.Responder;
import dev.sluice.api.responses.StartingAfter;
import dev.sluice.api.responses.Watch;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.RetryAfter;
import dev.sluice.common.id.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** What both HTTP surfaces do with a response: wait for it, stream it, say what it was. */
final class Answers implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(Answers.class);
  private static final Duration AT_ONCE = Duration.ZERO;

  private final Responder responder;
  private final HttpProperties properties;
  private volatile boolean running;

  Answers(Responder responder, HttpProperties properties) {
    this.responder = responder;
    this.properties = properties;
  }

  /** A request on its way, and the client that waits for it. */
  record Begun(Delivery delivery, Watch watch) {}

  /** Enqueues a request for a client that can come back by its idempotency key alone. */
  Begun begin(PreparedRequest prepared, Wishes wishes, HttpServletRequest request) {
    var events = new EventQueue(properties.outboundBuffer());
    var watch = responder.begin(prepared, events);
    var grace = wishes.idempotencyKey() == null ? AT_ONCE : properties.disconnectGrace();
    return begun(watch, events, request, () -> watch.leave(grace));
  }

  /** Enqueues a request for a client that can come back. */
  Begun beginResumable(PreparedRequest prepared, HttpServletRequest request, boolean background) {
    var events = new EventQueue(properties.outboundBuffer());
    var watch = responder.begin(prepared, events);
    return begun(watch, events, request, leaving(watch, background));
  }

  /** Enqueues a request that nobody waits for. */
  Begun beginUnwatched(PreparedRequest prepared, HttpServletRequest request) {
    var watch = responder.begin(prepared, _ -> {});
    return begun(watch, new EventQueue(0), request, watch::leave);
  }

  /** A client that comes back. */
  Begun resume(Caller caller, String responseId, StartingAfter after, HttpServletRequest request) {
    var events = new EventQueue(properties.outboundBuffer());
    var watch = responder.resume(caller, responseId, after, events);
    return begun(watch, events, request, leaving(watch, false));
  }

  Duration keepAlive() {
    return properties.keepAlive();
  }

  private Runnable leaving(Watch watch, boolean background) {
    return background ? watch::leave : () -> watch.leave(properties.disconnectGrace());
  }

  private Begun begun(Watch watch, EventQueue events, HttpServletRequest request, Runnable leave) {
    var connection = ClientConnection.of(request);
    return new Begun(new Delivery(watch, events, connection, () -> !running, leave), watch);
  }

  /** Names the response in the headers, where OpenAI's clients look for a request's id. */
  static void name(HttpServletResponse response, String responseId) {
    response.setHeader("x-request-id", responseId);
  }

  /** Names it, and says what Sluice did with its request. */
  static void describe(HttpServletResponse response, PreparedRequest prepared) {
    name(response, prepared.id());
    prepared.headers().forEach(response::setHeader);
  }

  static void json(HttpServletResponse response, byte[] body) {
    response.setContentType("application/json");
    response.setContentLength(body.length);
    try {
      response.getOutputStream().write(body);
    } catch (IOException gone) {
      log.atDebug().log("The client went away before it was answered");
    }
  }

  static void error(HttpServletResponse response, Failures.Failure failure) {
    response.setStatus(failure.known().status());
    retryAfter(failure.known(), response);
    json(response, failure.body().getBytes(UTF_8));
  }

  private static void retryAfter(ErrorCode code, HttpServletResponse response) {
    RetryAfter.of(code)
        .ifPresent(pause -> response.setHeader("retry-after", Long.toString(pause.toSeconds())));
  }

  @Override
  public void start() {
    running = true;
  }

  /** Before the container waits for its requests: those who stream are to go elsewhere. */
  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
