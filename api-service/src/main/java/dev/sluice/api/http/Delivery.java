package dev.sluice.api.http;

import dev.sluice.api.responses.Responder;
import dev.sluice.api.responses.Watch;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.topic.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands the events of one response to one HTTP client. Belongs to the request's thread, a virtual
 * one, which blocks here for as long as the response takes.
 */
final class Delivery {
  /*
   * However a client goes - it closes the connection, it reads too slowly, this instance stops - the
   * watch is left, and what becomes of the response then is the caller's to say by `leave`.
   */
  private static final Duration LOOK_UP = Duration.ofSeconds(1);
  private static final Duration ACCEPTED_WITHIN = Duration.ofSeconds(30);

  private final Watch watch;
  private final EventQueue events;
  private final ClientConnection connection;
  private final BooleanSupplier stopping;
  private final Runnable leave;
  private long lookedUp = System.nanoTime();

  /** Writes events to a client. */
  interface Sink {
    void event(Reply event) throws IOException;

    /** Nothing has come for a while. */
    void idle() throws IOException;

    /** What was written goes out. */
    void flush() throws IOException;

    /** The events break off, and the client can still be told. */
    void broken(SluiceException why) throws IOException;
  }

  private sealed interface Next {
    record Event(Reply reply) implements Next {}

    record Idle() implements Next {}

    record Over() implements Next {}

    record Broken(SluiceException why) implements Next {}

    record Gone() implements Next {}
  }

  /**
   * @param stopping whether this instance is about to stop
   * @param leave called when the client has gone before the response's end
   */
  Delivery(
      Watch watch,
      EventQueue events,
      ClientConnection connection,
      BooleanSupplier stopping,
      Runnable leave) {
    this.watch = watch;
    this.events = events;
    this.connection = connection;
    this.stopping = stopping;
    this.leave = leave;
  }

  /**
   * Waits until the response is known to exist.
   *
   * @throws SluiceException if it does not
   */
  void awaitAccepted() {
    try {
      watch.accepted().get(ACCEPTED_WITHIN.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException silent) {
      leave.run();
      throw new SluiceException(ErrorCode.SERVICE_UNAVAILABLE);
    } catch (ExecutionException refused) {
      throw Responder.refusal(refused.getCause());
    } catch (InterruptedException stopped) {
      throw interrupted();
    }
  }

  /** The client has gone. */
  void abandon() {
    leave.run();
  }

  /** Hands on every event until the last one, or until the client has gone. */
  void stream(Duration keepAlive, Sink sink) {
    try {
      while (true)
        switch (next(keepAlive)) {
          case Next.Event(var reply) -> {
            sink.event(reply);
            if (events.isEmpty() || reply.terminal()) sink.flush();
            if (reply.terminal()) return;
          }
          case Next.Idle _ -> sink.idle();
          case Next.Over _ -> {
            return;
          }
          case Next.Broken(var why) -> {
            sink.broken(why);
            leave.run();
            return;
          }
          case Next.Gone _ -> {
            leave.run();
            return;
          }
        }
    } catch (IOException gone) {
      leave.run();
    }
  }

  /**
   * Waits for the event that ends the response.
   *
   * @return null if the client has gone
   * @throws SluiceException if it cannot be waited for any longer
   */
  @Nullable Reply awaitEnd() {
    while (true)
      switch (next(LOOK_UP)) {
        case Next.Event(var reply) -> {
          if (reply.terminal()) return reply;
        }
        case Next.Idle _ -> {
          // The answer takes its time
        }
        case Next.Over _ -> throw new SluiceException(ErrorCode.SERVER_ERROR);
        case Next.Broken(var why) -> {
          leave.run();
          throw why;
        }
        case Next.Gone _ -> {
          leave.run();
          return null;
        }
      }
  }

  /** What comes next. */
  private Next next(Duration idle) {
    try {
      for (var left = idle; left.isPositive(); left = left.minus(LOOK_UP)) {
        boolean over = watch.ended().isDone(); // before the poll: its last event is there by then
        boolean gone = hasGone();
        var reply = gone ? null : events.poll(over ? Duration.ZERO : LOOK_UP);
        if (reply != null) return new Next.Event(reply);
        if (gone || events.hasOverflowed()) return new Next.Gone();
        if (over) return over();
        if (stopping.getAsBoolean())
          return new Next.Broken(
              new SluiceException(
                  ErrorCode.SERVICE_UNAVAILABLE, "This instance stops. Connect again."));
      }
      return new Next.Idle();
    } catch (InterruptedException stopped) {
      return new Next.Broken(interrupted());
    }
  }

  /** Looks up once a second, however many events come. */
  private boolean hasGone() {
    if (System.nanoTime() - lookedUp < LOOK_UP.toNanos()) return false;
    lookedUp = System.nanoTime();
    return connection.isClosed();
  }

  private Next over() {
    var failure = watch.ended().isCompletedExceptionally() ? watch.ended().exceptionNow() : null;
    return failure == null ? new Next.Over() : new Next.Broken(Responder.refusal(failure));
  }

  private static SluiceException interrupted() {
    Thread.currentThread().interrupt();
    return new SluiceException(ErrorCode.SERVICE_UNAVAILABLE);
  }
}
