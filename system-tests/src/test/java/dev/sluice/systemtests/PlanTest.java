package dev.sluice.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.budget.Planner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * What the planner foretells is measured by the benchmark {@code budget}; here, what it assumes.
 */
class PlanTest {
  @Test
  void the_planner_assumes_what_the_workers_do_unless_told_otherwise() throws IOException {
    assertThat(workerDefault("utilisation")).isEqualTo(Planner.UTILISATION);
    assertThat(workerDefault("burst")).isEqualTo(Planner.BURST);
  }

  private static double workerDefault(String name) throws IOException {
    var metadata =
        Files.readString(
            Path.of(
                "../worker-service/target/classes/META-INF/spring-configuration-metadata.json"));
    for (var property : TestingSystem.JSON.readTree(metadata).path("properties"))
      if (property.path("name").asString().equals("sluice.budget-schedule." + name))
        return property.path("defaultValue").asDouble();
    throw new AssertionError("sluice.budget-schedule." + name + " is no setting of the worker");
  }
}
