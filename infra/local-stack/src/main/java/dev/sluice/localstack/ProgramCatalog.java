package dev.sluice.localstack;

import dev.sluice.localstack.process.StackException;
import dev.sluice.localstack.program.IssuerProgram;
import dev.sluice.localstack.program.KafkaProgram;
import dev.sluice.localstack.program.PartKind;
import dev.sluice.localstack.program.PostgresProgram;
import dev.sluice.localstack.program.Program;
import dev.sluice.localstack.program.RedisProgram;
import dev.sluice.localstack.program.ServiceJar;
import dev.sluice.localstack.program.ServiceProgram;
import dev.sluice.localstack.program.SimulatorProgram;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;

/** The programs of one stack: who gets which port, folder and environment. */
final class ProgramCatalog {

  private static final String SIMULATOR_KEY = "sk-simulator";
  private static final String SIMULATOR_ADMIN_KEY = "sk-admin-simulator";
  private static final List<String> API_OPTIONS =
      // Thousands of sockets: 23 KB each instead of 73
      List.of("-Dorg.apache.tomcat.websocket.DEFAULT_BUFFER_SIZE=2048");

  private final StackOptions options;
  private final DataFolder folder;
  private final Secrets secrets;
  private final Map<String, Integer> ports = new ConcurrentHashMap<>();

  ProgramCatalog(StackOptions options, DataFolder folder) {
    this.options = options;
    this.folder = folder;
    this.secrets = Secrets.in(folder.at("secrets.properties"), new SecureRandom());
  }

  /** Fails before anything is started if a service is wanted that was not built. */
  void requireBuilt() {
    if (options.workers() > 0) {
      jar(PartKind.WORKER).requireBuilt();
    }
    if (options.apis() > 0) {
      jar(PartKind.API).requireBuilt();
    }
  }

  /**
   * @param name of the part
   * @param number of the part within its kind, from 1
   * @param environment more of it, for a service
   */
  Program program(PartKind kind, String name, int number, Map<String, String> environment) {
    return switch (kind) {
      case KAFKA -> kafka();
      case REDIS -> new RedisProgram(folder.at("redis"), port("redis"));
      case POSTGRES -> postgres();
      case SIMULATOR ->
          new SimulatorProgram(
              port("simulator"), options.tier(), options.quickStart(), extra(kind));
      case ISSUER -> issuer();
      case WORKER ->
          service(kind, name, number, List.of(), with(workerEnvironment(name), kind, environment));
      case API ->
          service(kind, name, number, API_OPTIONS, with(apiEnvironment(number), kind, environment));
    };
  }

  private KafkaProgram kafka() {
    return new KafkaProgram(
        folder.at("kafka"),
        port("kafka"),
        port("kafka-controller"),
        folder.once("kafka.cluster", Uuid.randomUuid().toString()),
        options.quickStart());
  }

  private PostgresProgram postgres() {
    return new PostgresProgram(folder.at("postgres"), port("postgres"), secrets.postgresPassword());
  }

  private IssuerProgram issuer() {
    return new IssuerProgram(folder.at("issuer.jwk"), port("issuer"), options.quickStart());
  }

  private ServiceProgram service(
      PartKind kind,
      String name,
      int number,
      List<String> jvmOptions,
      Map<String, String> environment) {
    var jar = jar(kind);
    if (number == 1) { // none of its kind runs yet
      forgetOtherBuilds(jar);
    }
    return new ServiceProgram(
        kind, jar, port(name), options.quickStart(), number == 1, jvmOptions, environment);
  }

  private ServiceJar jar(PartKind kind) {
    var service = kind.label() + "-service";
    return new ServiceJar(
        options.home().resolve(service).resolve("target").resolve(service + ".jar"),
        folder.at("apps"));
  }

  private static void forgetOtherBuilds(ServiceJar jar) {
    try {
      jar.forgetOtherBuilds();
    } catch (IOException e) {
      throw new StackException(
          "cannot tidy what was extracted of %s: %s".formatted(jar.jar(), e), e);
    }
  }

  /** What the stack tells a service, and ahead of it what the options and the caller say. */
  private Map<String, String> with(
      Map<String, String> own, PartKind kind, Map<String, String> more) {
    var all = new HashMap<>(infrastructure());
    all.putAll(own);
    all.putAll(extra(kind));
    all.putAll(more);
    return all;
  }

  private Map<String, String> infrastructure() {
    var database = postgres().details();
    return Map.of(
        "SPRING_KAFKA_BOOTSTRAP_SERVERS",
        "127.0.0.1:" + port("kafka"),
        "SPRING_DATA_REDIS_URL",
        "redis://127.0.0.1:" + port("redis"),
        "SPRING_DATASOURCE_URL",
        database.getOrDefault("jdbc_url", ""),
        "SLUICE_BUDGET_TIER",
        options.tier());
  }

  private Map<String, String> workerEnvironment(String name) {
    var environment = new HashMap<String, String>();
    environment.put("SLUICE_WORKER_ID", name);
    var database = postgres().details();
    environment.put("SPRING_DATASOURCE_USERNAME", database.getOrDefault("writer_user", ""));
    environment.put("SPRING_DATASOURCE_PASSWORD", database.getOrDefault("writer_password", ""));
    environment.put("SPRING_FLYWAY_USER", database.getOrDefault("user", ""));
    environment.put("SPRING_FLYWAY_PASSWORD", database.getOrDefault("password", ""));
    options
        .openAi()
        .ifPresentOrElse(
            access -> {
              environment.put("OPENAI_BASE_URL", access.baseUrl());
              environment.put("OPENAI_API_KEY", access.key());
            },
            () -> {
              environment.put(
                  "OPENAI_BASE_URL", "http://127.0.0.1:%d/v1".formatted(port("simulator")));
              environment.put("OPENAI_API_KEY", SIMULATOR_KEY);
              environment.put("SLUICE_RECONCILIATION_ADMIN_KEY", SIMULATOR_ADMIN_KEY);
              // A simulator forgets when it stops: its yesterday would seldom be the ledger's
              environment.put("SLUICE_RECONCILIATION_DAYS", "0");
            });
    return environment;
  }

  private Map<String, String> apiEnvironment(int number) {
    var environment = new HashMap<String, String>();
    var database = postgres().details();
    environment.put("SPRING_DATASOURCE_USERNAME", database.getOrDefault("finance_user", ""));
    environment.put("SPRING_DATASOURCE_PASSWORD", database.getOrDefault("finance_password", ""));
    environment.put("SLUICE_ID_SECRET", secrets.idSecret());
    environment.put("SLUICE_IDENTITY_ISSUER", issuer().url());
    environment.put("SLUICE_REPLIES_HOME_PARTITION", Integer.toString((number - 1) % 12));
    environment.put("SLUICE_IDENTITY_ALLOWED_ORIGINS", origins(number));
    return environment;
  }

  /** A page of any api may call any other. */
  private String origins(int number) {
    return IntStream.rangeClosed(1, Math.max(number, options.apis()))
        .map(api -> port("api-" + api))
        .boxed()
        .flatMap(port -> Stream.of("http://localhost:" + port, "http://127.0.0.1:" + port))
        .collect(Collectors.joining(","));
  }

  private Map<String, String> extra(PartKind kind) {
    return options.environment().getOrDefault(kind, Map.of());
  }

  /** The same for the life of the stack, and for the next one if it is free then. */
  private int port(String name) {
    if (name.equals("api-1") && options.apiPort() > 0) {
      return options.apiPort();
    }
    return ports.computeIfAbsent(name, folder::port);
  }
}
