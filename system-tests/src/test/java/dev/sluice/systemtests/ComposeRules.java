package dev.sluice.systemtests;

import static dev.sluice.systemtests.ComposeFile.ROOT;
import static dev.sluice.systemtests.ComposeFile.texts;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** What we want of {@code docker-compose.yml} beyond its schema; each mistake is a sentence. */
final class ComposeRules {
  private static final Pattern PINNED = Pattern.compile("[^:]+:(?!latest)[^:]+");
  private static final Pattern NOT_ROOT = Pattern.compile("[1-9]\\d*:[1-9]\\d*");
  private static final Pattern SECRET = Pattern.compile(".*(SECRET|PASSWORD|API_KEY)");

  private static final Set<String> PUBLISHED = Set.of("api-service", "grafana");

  private final ComposeFile file;
  private final List<String> mistakes = new ArrayList<>();

  private ComposeRules(ComposeFile file) {
    this.file = file;
  }

  static List<String> mistakesOf(ComposeFile file) {
    var rules = new ComposeRules(file);
    for (var service : file.services().properties()) {
      rules.staysUp(service.getKey(), service.getValue());
      rules.mayDoLittle(service.getKey(), service.getValue());
      rules.refersToWhatExists(service.getKey(), service.getValue());
      rules.keepsSecrets(service.getKey(), service.getValue());
    }
    rules.declaresNothingInVain("networks");
    rules.declaresNothingInVain("volumes");
    return rules.mistakes;
  }

  private void staysUp(String name, JsonNode service) {
    require(service.at("/healthcheck/test").size() > 1, name + " has no health check");
    require(text(service, "restart").equals("unless-stopped"), name + " is not started again");
    require(
        service.at("/deploy/resources/limits/memory").isString(), name + " has no memory limit");
    require(PINNED.matcher(text(service, "image")).matches(), name + " has no pinned image");
  }

  private void mayDoLittle(String name, JsonNode service) {
    require(NOT_ROOT.matcher(text(service, "user")).matches(), name + " may run as root");
    require(service.path("read_only").asBoolean(false), name + " may write to its image");
    require(texts(service.path("cap_drop")).toList().contains("ALL"), name + " has capabilities");
    require(
        texts(service.path("security_opt")).toList().contains("no-new-privileges:true"),
        name + " may gain privileges");
    texts(service.path("ports"))
        .forEach(port ->
            require(
                PUBLISHED.contains(name) && port.startsWith("127.0.0.1:"),
                "%s publishes %s".formatted(name, port)));
  }

  private void refersToWhatExists(String name, JsonNode service) {
    for (var dependency : service.path("depends_on").properties()) {
      require(
          file.services().has(dependency.getKey()),
          "%s waits for %s, which is no service".formatted(name, dependency.getKey()));
      require(
          text(dependency.getValue(), "condition").equals("service_healthy"),
          "%s does not wait until %s is healthy".formatted(name, dependency.getKey()));
    }
    texts(service.path("networks"))
        .forEach(network ->
            require(
                file.tree().path("networks").has(network),
                "%s is on the network %s, which is not declared".formatted(name, network)));
    texts(service.path("env_file")).forEach(path -> requireFile(name, path));
    texts(service.path("volumes")).forEach(volume -> volume(name, volume));
    build(name, service.path("build"));
  }

  private void volume(String name, String volume) {
    var source = volume.substring(0, volume.indexOf(':'));
    if (source.startsWith("./")) {
      requireFile(name, source);
      require(volume.endsWith(":ro"), "%s may write to %s".formatted(name, source));
    } else {
      require(
          file.tree().path("volumes").has(source),
          "%s uses the volume %s, which is not declared".formatted(name, source));
    }
  }

  private void build(String name, JsonNode build) {
    if (build.isMissingNode()) return;
    requireFile(name, text(build, "dockerfile"));
    var target = text(build, "target");
    require(
        Dockerfile.read().stages().contains(target),
        "%s is built from the stage %s, which does not exist".formatted(name, target));
  }

  private void keepsSecrets(String name, JsonNode service) {
    for (var variable : service.path("environment").properties()) {
      require(
          !SECRET.matcher(variable.getKey()).matches()
              || variable.getValue().asString().startsWith("${"),
          "%s has the secret %s written down".formatted(name, variable.getKey()));
    }
  }

  private void declaresNothingInVain(String kind) {
    var used = new HashSet<String>();
    for (var service : file.services())
      texts(service.path(kind)).map(text -> text.split(":", 2)[0]).forEach(used::add);
    for (var declared : file.tree().path(kind).propertyNames())
      require(used.contains(declared), "nothing uses %s of the %s".formatted(declared, kind));
  }

  private void requireFile(String name, String path) {
    require(
        Files.exists(ROOT.resolve(path)),
        "%s refers to %s, which does not exist".formatted(name, path));
  }

  private void require(boolean holds, String mistake) {
    if (!holds) mistakes.add(mistake);
  }

  private static String text(JsonNode node, String key) {
    return node.path(key).asString("");
  }
}
