package dev.sluice.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** A worker that is not configured says in one line what to set. */
@ExtendWith(OutputCaptureExtension.class)
class StartUpTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          OPENAI_API_KEY=                       | set OPENAI_API_KEY
          OPENAI_BASE_URL=nonsense              | set OPENAI_BASE_URL
          SPRING_DATA_REDIS_URL=redis://127.0.0.1:1 | set SPRING_DATA_REDIS_URL
          SLUICE_BUDGET_TIER=gold               | set sluice.budget.tier (SLUICE_BUDGET_TIER) to one of [free, tier-1
          SLUICE_INTAKE_MAXINFLIGHT=0           | set sluice.intake.max-in-flight (SLUICE_INTAKE_MAXINFLIGHT)
          SLUICE_INTAKE_COMMITEVERY=soon        | sluice.intake.commit-every
          SPRING_APPLICATION_JSON={"sluice.budget.pools.gpt-4o.key":"blue"} | set sluice.model.keys.blue (SLUICE_MODEL_KEYS_BLUE)
          SPRING_APPLICATION_JSON={"sluice.budget.pools.gpt-4o.tiers.tier-1.rpd":5} | rpd 5 is below rpm 500
          SPRING_APPLICATION_JSON={"sluice.budget.pools.gpt-4o.tiers.tier-1.tpm":0} | tpm (SLUICE_BUDGET_POOLS_GPT4O_TIERS_TIER1_TPM): it must be greater than 0
          SPRING_FLYWAY_PASSWORD=nonsense       | set SPRING_FLYWAY_USER and SPRING_FLYWAY_PASSWORD
          SLUICE_LEDGER_RATECARDS=file:/nowhere | set sluice.ledger.rate-cards (SLUICE_LEDGER_RATECARDS)
          """)
  void a_mistake_stops_it_with_a_line_that_says_what_to_set(
      String mistake, String line, CapturedOutput output) {
    var variables = rightVariables();
    var equals = mistake.indexOf('=');
    variables.put(mistake.substring(0, equals), mistake.substring(equals + 1));

    assertThatThrownBy(() -> start(variables)).isInstanceOf(Exception.class);

    assertThat(output.getAll().lines())
        .filteredOn(text -> text.startsWith("Sluice cannot start: "))
        .singleElement()
        .asString()
        .contains(line);
    assertThat(output.getAll().lines()).noneMatch(text -> text.startsWith("\tat "));
  }

  private static Map<String, Object> rightVariables() {
    var stack = TestingStack.stack();
    var postgres = stack.postgres().details();
    return new HashMap<>(
        Map.of(
            "OPENAI_API_KEY", "sk-simulator",
            "SLUICE_ID_SECRET", "a secret of at least 32 characters",
            "SPRING_KAFKA_BOOTSTRAP_SERVERS", stack.kafka().url(),
            "SPRING_DATA_REDIS_URL", stack.redis().url(),
            "SPRING_DATASOURCE_URL", postgres.get("jdbc_url"),
            "SPRING_DATASOURCE_PASSWORD", postgres.get("writer_password"),
            "SPRING_FLYWAY_PASSWORD", postgres.get("password"),
            "SERVER_PORT", "0"));
  }

  private static void start(Map<String, Object> variables) {
    var environment = new StandardEnvironment();
    var source = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
    environment
        .getPropertySources()
        .replace(source, new SystemEnvironmentPropertySource(source, variables));
    var worker = new SpringApplication(WorkerService.class);
    worker.setEnvironment(environment);
    worker.run().close();
  }
}
