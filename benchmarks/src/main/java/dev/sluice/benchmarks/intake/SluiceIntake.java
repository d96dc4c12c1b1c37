package dev.sluice.benchmarks.intake;

import dev.sluice.benchmarks.ServiceParts;
import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.topic.Lane;
import dev.sluice.worker.intake.RequestHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;

/** The worker's package {@code intake} as it is, with somebody behind it who only sleeps. */
final class SluiceIntake {
  private static final String TIER = "benchmark";

  private SluiceIntake() {}

  @Configuration(proxyBeanMethods = false)
  @ComponentScan("dev.sluice.worker.intake")
  @ImportAutoConfiguration(KafkaAutoConfiguration.class)
  @EnableConfigurationProperties(BudgetProperties.class)
  static class Parts {}

  private record Sleeping(Work work) implements RequestHandler {
    @Override
    public boolean handle(Lane lane, byte[] value, Origin origin, Runnable begins)
        throws InterruptedException {
      begins.run();
      work.on(value);
      return true;
    }

    @Override
    public void drain() {}

    @Override
    public void resume() {}

    @Override
    public void handBackAll() {}
  }

  /** The lane's pool is the only one that the tier opens. */
  static void start(String kafka, Lane lane, Work work, Path home) {
    var pool = "sluice.budget.pools." + lane.pool();
    var _ =
        ServiceParts.start(
            home,
            "worker-service",
            Parts.class,
            Map.of(
                "spring.kafka.bootstrap-servers",
                kafka,
                "sluice.intake.max-in-flight",
                IntakeBenchmark.IN_FLIGHT,
                "sluice.budget.tier",
                TIER,
                pool + ".models",
                "none",
                pool + ".tiers." + TIER + ".rpm",
                1_000_000,
                pool + ".tiers." + TIER + ".tpm",
                1_000_000_000),
            new Sleeping(work),
            new SimpleMeterRegistry(),
            InstantSource.system());
  }
}
