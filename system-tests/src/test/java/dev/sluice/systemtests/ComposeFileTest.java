package dev.sluice.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code docker-compose.yml} without an engine: its schema, our rules, one place for settings. */
class ComposeFileTest {
  private static final ComposeFile FILE = ComposeFile.read();

  @Test
  void the_file_is_what_the_specification_allows() {
    assertThat(FILE.schemaErrors()).isEmpty();
  }

  @ParameterizedTest(name = "{0} = {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      emptyValue = "",
      textBlock =
          """
          /services/redis/helthcheck               | {}
          /services/redis/restart                  | 3
          /services/redis/cap_drop                 | ["ALL", "ALL"]
          /services/redis/healthcheck/interval     | 5
          /services/redis/deploy/resources/limits/memmory | "1g"
          /services/worker-service/depends_on/kafka/condition | "healthy"
          /services/worker-service/build/tagret    | "x"
          /services/redis/command                  | {"run": "redis-server"}
          /volumes/kafka                           | "default"
          /service                                 | {}
          """)
  void the_schema_refuses(String pointer, String json) {
    assertThat(FILE.with(pointer, json).schemaErrors()).isNotEmpty();
  }

  @Test
  void the_file_keeps_our_rules() {
    assertThat(ComposeRules.mistakesOf(FILE)).isEmpty();
  }

  @ParameterizedTest(name = "{0} = {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          /services/redis/healthcheck              |                     | redis has no health check
          /services/redis/healthcheck/test         | ["NONE"]            | redis has no health check
          /services/kafka/restart                  | "no"                | kafka is not started again
          /services/postgres/deploy                |                     | postgres has no memory limit
          /services/redis/image                    | "redis"             | redis has no pinned image
          /services/redis/image                    | "redis:latest"      | redis has no pinned image
          /services/redis/user                     |                     | redis may run as root
          /services/redis/user                     | "0:0"               | redis may run as root
          /services/redis/user                     | "redis"             | redis may run as root
          /services/redis/read_only                | false               | redis may write to its image
          /services/redis/cap_drop                 | ["NET_RAW"]         | redis has capabilities
          /services/redis/security_opt             |                     | redis may gain privileges
          /services/redis/ports                    | ["127.0.0.1:6379:6379"] | redis publishes 127.0.0.1:6379:6379
          /services/api-service/ports              | ["8080:8080"]       | api-service publishes 8080:8080
          /services/api-service/depends_on/zookeeper | {"condition": "service_healthy"} | api-service waits for zookeeper, which is no service
          /services/api-service/depends_on/kafka/condition | "service_started" | api-service does not wait until kafka is healthy
          /services/redis/networks/0               | "back"              | redis is on the network back, which is not declared
          /services/redis/volumes/0                | "cache:/data"       | redis uses the volume cache, which is not declared
          /services/redis/volumes/1                | "./infra/settings/redis.cnf:/r.conf:ro" | redis refers to ./infra/settings/redis.cnf, which does not exist
          /services/redis/volumes/1                | "./infra/settings/redis.conf:/r.conf" | redis may write to ./infra/settings/redis.conf
          /services/kafka/env_file/0               | "infra/settings/kafka" | kafka refers to infra/settings/kafka, which does not exist
          /services/api-service/build/dockerfile   | "Dockerfile"        | api-service refers to Dockerfile, which does not exist
          /services/api-service/build/target       | "api"               | api-service is built from the stage api, which does not exist
          /services/api-service/environment/SLUICE_ID_SECRET | "0123456789" | api-service has the secret SLUICE_ID_SECRET written down
          /networks/front                          | {}                  | nothing uses front of the networks
          """)
  void a_rule_is_broken_by(String pointer, String json, String mistake) {
    var wrong = FILE.with(pointer, json == null ? "" : json);
    assertThat(ComposeRules.mistakesOf(wrong)).contains(mistake);
  }

  @Test
  void its_settings_are_those_of_the_local_stack() {
    assertThat(ComposeSettings.mistakesOf(FILE)).isEmpty();
  }

  @ParameterizedTest(name = "{0} = {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          /services/redis/volumes/1                | "redis:/data2"      | files of infra/settings: [kafka.env, postgres.conf, sluice.env] here
          /services/kafka/env_file                 | []                  | files of infra/settings: [postgres.conf, redis.conf, sluice.env] here
          /services/kafka/image                    | "apache/kafka:4.2.0" | kafka has image apache/kafka:4.2.0, not
          /services/postgres/image                 | "postgres:17.6"     | postgres has image postgres:17.6, not
          /services/postgres/image                 | "postgres:180"      | postgres has image postgres:180, not
          /services/api-service/image              | "sluice/api-service:0.0.9" | api-service has image sluice/api-service:0.0.9, not
          /services/worker-service/environment/SLUICE_INTAKE_DRIAN | "20s" | worker-service knows no SLUICE_INTAKE_DRIAN
          /services/worker-service/environment/SLUICE_ID_SECRET | "${SLUICE_ID_SECRET}" | worker-service knows no SLUICE_ID_SECRET
          /services/worker-service/environment/SPRING_REDIS_URL | "redis://redis" | worker-service knows no SPRING_REDIS_URL
          /services/worker-service/environment/SLUICE_INTAKE_DRAIN | "20s" | variables of the services
          /services/api-service/environment/SLUICE_IDENTITY_ALLOWED_ORIGINS | | variables of the services
          /services/kafka/environment/KAFKA_LISTENER | "CLIENT://:9092"  | kafka knows no KAFKA_LISTENER
          /services/postgres/environment/POSTGRES_PASSWORD | ""          | secrets of infra/compose/secrets.env.example
          /services/worker-service/stop_grace_period | "30s"             | worker-service is killed while it drains: after 30s
          """)
  void a_setting_differs_with(String pointer, String json, String mistake) {
    var wrong = FILE.with(pointer, json == null ? "" : json);
    assertThat(ComposeSettings.mistakesOf(wrong)).anyMatch(it -> it.startsWith(mistake));
  }
}
