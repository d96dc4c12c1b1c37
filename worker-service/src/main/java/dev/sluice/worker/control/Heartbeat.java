package dev.sluice.worker.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.common.message.MessageCodec;
import dev.sluice.common.message.WorkerReport;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Tells operators once a second how this worker is. One command to Redis, see {@code
 * heartbeat.lua}; what cannot be told is not told.
 */
final class Heartbeat implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final String[] KEYS = {WorkerReport.KEY, WorkerReport.SEEN_KEY};

  private final StatefulRedisConnection<byte[], byte[]> redis;
  private final byte[] script;
  private final MessageCodec codec;
  private final WorkerIdentity worker;
  private final Supplier<WorkerReport> report;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("heartbeat").daemon().factory());
  private volatile boolean running;
  private int strangers; // the timer's alone

  Heartbeat(
      StatefulRedisConnection<byte[], byte[]> redis,
      String script,
      MessageCodec codec,
      WorkerIdentity worker,
      Supplier<WorkerReport> report) {
    this.redis = redis;
    this.script = script.getBytes(UTF_8);
    this.codec = codec;
    this.worker = worker;
    this.report = report;
  }

  @Override
  public void start() {
    running = true;
    var _ = timer.scheduleAtFixedRate(this::tell, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** After the intake has stopped: the last thing that is told of this worker. */
  @Override
  public void stop() {
    running = false;
    timer.shutdown();
    try {
      if (timer.awaitTermination(EVERY.toMillis(), TimeUnit.MILLISECONDS))
        beat(report.get()).get(EVERY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (Exception unavailable) {
      log.atDebug().addKeyValue("cause", unavailable.toString()).log("The last word was not told");
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 2;
  }

  /** Whatever fails, the next one may not: a timer that throws never runs again. */
  private void tell() {
    try {
      var before = beat(report.get()).get(EVERY.toMillis(), TimeUnit.MILLISECONDS);
      if (before.length > 0) lookForNamesake(codec.decode(before, WorkerReport.class));
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (Exception unavailable) {
      log.atDebug()
          .addKeyValue("cause", unavailable.toString())
          .log("This worker could not report; it tries again");
    }
  }

  private RedisFuture<byte[]> beat(WorkerReport report) {
    return redis
        .async()
        .eval(
            script,
            ScriptOutputType.VALUE,
            new byte[][] {KEYS[0].getBytes(UTF_8), KEYS[1].getBytes(UTF_8)},
            worker.id().getBytes(UTF_8),
            codec.encode(report),
            Long.toString(WorkerReport.MEMORY.toMillis()).getBytes(UTF_8));
  }

  /** Two of one id take turns; one that was restarted comes after another once. */
  private void lookForNamesake(WorkerReport before) {
    if (before.instance().equals(worker.instance())) return;
    if (++strangers == 2)
      log.atWarn()
          .addKeyValue("id", worker.id())
          .log("Another worker has this one's id; set sluice.worker.id (SLUICE_WORKER_ID) of each");
  }
}
