package dev.sluice.simulator;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/** How a simulator starts. Immutable: each {@code with…} returns a changed copy. */
public final class SimulatorOptions {
  private final String host;
  private final int port;
  private final String tier;
  private final Latency latency;
  private final boolean unknownParametersAllowed;
  private final Ticker ticker;

  private SimulatorOptions(
      String host,
      int port,
      String tier,
      Latency latency,
      boolean unknownParametersAllowed,
      Ticker ticker) {
    this.host = host;
    this.port = port;
    this.tier = tier;
    this.latency = latency;
    this.unknownParametersAllowed = unknownParametersAllowed;
    this.ticker = ticker;
  }

  /** 127.0.0.1, any free port, tier-1, first token after 150 ms, then one each 15 ms. */
  public static SimulatorOptions defaults() {
    return new SimulatorOptions(
        "127.0.0.1", 0, "tier-1", new Latency(150, 15, 0), false, Ticker.system());
  }

  public SimulatorOptions withHost(String host) {
    return new SimulatorOptions(host, port, tier, latency, unknownParametersAllowed, ticker);
  }

  /** 0 for any free port. */
  public SimulatorOptions withPort(int port) {
    return new SimulatorOptions(host, port, tier, latency, unknownParametersAllowed, ticker);
  }

  /** {@code free} or {@code tier-1} … {@code tier-5}: which limits hold at the start. */
  public SimulatorOptions withTier(String tier) {
    return new SimulatorOptions(host, port, tier, latency, unknownParametersAllowed, ticker);
  }

  /** Milliseconds to the first token, between tokens, and at most added to each at random. */
  public SimulatorOptions withLatency(long firstTokenMs, long betweenTokensMs, long jitterMs) {
    var wanted = new Latency(firstTokenMs, betweenTokensMs, jitterMs);
    return new SimulatorOptions(host, port, tier, wanted, unknownParametersAllowed, ticker);
  }

  /** Parameters that the API reference does not name are ignored instead of refused. */
  public SimulatorOptions withUnknownParametersAllowed() {
    return new SimulatorOptions(host, port, tier, latency, true, ticker);
  }

  /**
   * Another time than the system's.
   *
   * @param nanos must never go backwards
   */
  public SimulatorOptions withTime(InstantSource dates, LongSupplier nanos) {
    var time = new Ticker(dates, nanos);
    return new SimulatorOptions(host, port, tier, latency, unknownParametersAllowed, time);
  }

  String host() {
    return host;
  }

  int port() {
    return port;
  }

  String tier() {
    return tier;
  }

  Latency latency() {
    return latency;
  }

  boolean unknownParametersAllowed() {
    return unknownParametersAllowed;
  }

  Ticker ticker() {
    return ticker;
  }
}
