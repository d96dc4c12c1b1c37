package dev.sluice.api.socket;

import dev.sluice.common.error.ErrorCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import org.springframework.web.socket.CloseStatus;

/** What the sockets tell their operators. */
final class SocketMeters {
  private static final Map<Integer, String> REASONS =
      Map.of(
          CloseStatus.NORMAL.getCode(), "normal",
          CloseStatus.GOING_AWAY.getCode(), "going_away",
          CloseStatus.NO_CLOSE_FRAME.getCode(), "broken",
          Connection.EXPIRED.getCode(), "token_expired",
          Connection.NO_PONG.getCode(), "no_pong",
          SocketWriter.TOO_SLOW.getCode(), "slow_reader",
          Connection.TOO_MANY_FRAMES.getCode(), "too_many_frames");

  private final MeterRegistry registry;

  SocketMeters(MeterRegistry registry, SocketSlots slots) {
    this.registry = registry;
    Gauge.builder("sluice.sockets.open", slots, SocketSlots::open)
        .description("WebSockets of this instance that are open")
        .register(registry);
  }

  void refused(ErrorCode code) {
    Counter.builder("sluice.sockets.refused")
        .description("Upgrades refused although token and origin were right")
        .tag("code", code.code())
        .register(registry)
        .increment();
  }

  void closed(CloseStatus status) {
    Counter.builder("sluice.sockets.closed")
        .description("WebSockets that were closed, by whichever side")
        .tag("reason", REASONS.getOrDefault(status.getCode(), "other"))
        .register(registry)
        .increment();
  }
}
