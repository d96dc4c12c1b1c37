package dev.sluice.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A service that is not configured ends, and its last line says what to set. */
class StartUpTest {
  private static final String SECRET = "a secret of at least 32 characters";

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          worker | OPENAI_API_KEY=                       | set OPENAI_API_KEY
          api    | SLUICE_ID_SECRET=short                | set sluice.id.secret (SLUICE_ID_SECRET)
          worker | SLUICE_LEDGER_RATECARDS=file:/nowhere | set sluice.ledger.rate-cards (SLUICE_LEDGER_RATECARDS)
          """)
  void a_mistake_stops_the_service_with_a_line_that_says_what_to_set(
      String service, String mistake, String line) throws Exception {
    var environment = new HashMap<>(Map.of("OPENAI_API_KEY", "sk-simulator"));
    environment.put("SLUICE_ID_SECRET", SECRET);
    environment.put("SLUICE_IDENTITY_ISSUER", TestingSystem.stack().issuer().url());
    environment.put("SPRING_KAFKA_BOOTSTRAP_SERVERS", TestingSystem.stack().kafka().url());
    environment.put("SPRING_DATA_REDIS_URL", TestingSystem.stack().redis().url());
    var postgres = TestingSystem.stack().postgres().details();
    environment.put("SPRING_DATASOURCE_URL", String.valueOf(postgres.get("jdbc_url")));
    var role = service.equals("worker") ? "writer" : "finance";
    environment.put("SPRING_DATASOURCE_PASSWORD", String.valueOf(postgres.get(role + "_password")));
    environment.put("SPRING_FLYWAY_PASSWORD", String.valueOf(postgres.get("password")));
    environment.put("SERVER_PORT", "0");
    var key = mistake.substring(0, mistake.indexOf('='));
    environment.put(key, mistake.substring(mistake.indexOf('=') + 1));

    var log = TestingSystem.output().resolve("start-up-%s-%s.log".formatted(service, key));
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var extracted = extracted(service + "-service");
    var builder =
        new ProcessBuilder(
                java,
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:SharedArchiveFile=" + extracted + ".jsa",
                "-Xshare:auto",
                "-Xlog:cds=off,aot=off",
                "-jar",
                extracted.resolve(service + "-service.jar").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    var process = builder.start();
    try {
      assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isNotZero();
      var lines = Files.readAllLines(log);
      assertThat(lines)
          .filteredOn(text -> text.startsWith("Sluice cannot start: "))
          .singleElement()
          .asString()
          .contains(line);
      assertThat(lines).noneMatch(text -> text.startsWith("\tat "));
    } finally {
      process.destroyForcibly();
    }
  }

  /** As the stack starts it, which is quicker than the whole jar. */
  private static Path extracted(String service) throws IOException {
    try (var apps = Files.list(TestingSystem.stack().dataFolder().resolve("apps"))) {
      return apps.filter(Files::isDirectory)
          .filter(app -> app.getFileName().toString().startsWith(service))
          .findFirst()
          .orElseThrow();
    }
  }
}
