package dev.sluice.systemtests;

import static dev.sluice.systemtests.KubernetesFile.BASE;
import static dev.sluice.systemtests.KubernetesFile.PRODUCTION;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code infra/kubernetes} without a cluster: types, references, and one truth with the code. */
class KubernetesFilesTest {
  static Stream<KubernetesFile> manifests() {
    return KubernetesFile.all().filter(file -> !file.isKustomization());
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void a_manifest_is_what_the_api_allows(KubernetesFile file) {
    assertThat(file.mistakes()).isEmpty();
  }

  @ParameterizedTest(name = "{0}/{1}: {3}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          base                 | worker-service.yaml | readinessProbe:           | readynessProbe:
          base                 | worker-service.yaml | periodSeconds: 2          | periodSeconds: often
          base                 | api-service.yaml    | kind: Service             | kind: Servise
          base                 | network-policy.yaml | policyTypes: [Ingress]    | policyTypes: Ingress
          overlays/production  | worker-scaling.yaml | maxReplicaCount: 5        | maxReplicas: 5
          overlays/production  | worker-scaling.yaml | threshold: "10"           | threshold: ten
          """)
  void the_check_sees(String folder, String name, String old, String other) {
    var file = KubernetesFile.in(folder).filter(it -> it.name().equals(name)).findFirst();
    assertThat(file.orElseThrow().with(old, other).mistakes()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {BASE, PRODUCTION})
  void a_kustomization_names_every_file_once_and_none_that_is_missing(String folder) {
    var kustomization = kustomization(folder);
    var named = new ArrayList<>(files(kustomization));
    for (var patch : kustomization.path("patches")) named.add(patch.path("path").asString());
    var there =
        KubernetesFile.in(folder)
            .filter(file -> !file.isKustomization())
            .map(KubernetesFile::name)
            .toList();
    assertThat(named).containsExactlyInAnyOrderElementsOf(there);
  }

  @Test
  void the_overlay_changes_what_the_base_has() {
    var kustomization = kustomization(PRODUCTION);
    assertThat(ComposeFile.texts(kustomization.path("resources"))).contains("../../base");
    var base = resources(BASE).map(KubernetesFilesTest::identity).toList();
    for (var patch : kustomization.path("patches"))
      for (var document : file(PRODUCTION, patch.path("path").asString()).documents())
        assertThat(base).contains(identity(document));
    var images = containers().map(container -> image(container).split(":", 2)[0]).toList();
    for (var image : kustomization.path("images"))
      assertThat(images).contains(image.path("name").asString());
  }

  @Test
  void what_refers_to_something_finds_it() {
    var all = Stream.concat(resources(BASE), resources(PRODUCTION)).toList();
    var identities = all.stream().map(KubernetesFilesTest::identity).toList();
    for (var resource : all) {
      for (var service : resource.findValues("service"))
        assertThat(identities).contains("Service/" + service.path("name").asString());
      for (var target : resource.findValues("scaleTargetRef"))
        assertThat(identities).contains("Deployment/" + target.path("name").asString());
      for (var map : resource.findValues("configMapRef"))
        assertThat(identities).contains("ConfigMap/" + map.path("name").asString());
      for (var selected : selectors(resource)) assertThat(podLabels()).contains(selected);
    }
    assertThat(identities)
        .contains("PodDisruptionBudget/api-service", "PodDisruptionBudget/worker-service");
  }

  @ParameterizedTest
  @CsvSource({"api-service", "worker-service"})
  void a_service_is_told_what_it_knows(String service) {
    var known = ComposeSettings.variables(service);
    var told = new TreeSet<String>();
    for (var folder : List.of(BASE, PRODUCTION)) {
      container(folder, service).path("env").forEach(it -> told.add(it.path("name").asString()));
      assertThat(known).containsAll(told);
    }
    var everybody = new ArrayList<>(known);
    everybody.addAll(ComposeSettings.variables("api-service"));
    everybody.addAll(ComposeSettings.variables("worker-service"));
    for (var folder : List.of(BASE, PRODUCTION)) {
      var map = resource(folder, "ConfigMap/sluice").path("data").propertyNames();
      assertThat(everybody).containsAll(map);
      told.addAll(map);
    }
    // What stops a service that lacks it, and what docker-compose.yml tells it
    told.remove("SLUICE_TRACING_ENDPOINT");
    var compose = ComposeFile.read().service(service).path("environment").propertyNames();
    assertThat(told)
        .containsAll(
            compose.stream()
                .filter(name -> !name.equals("SLUICE_TRACING_ENDPOINT"))
                .filter(name -> !name.equals("OPENAI_BASE_URL"))
                .filter(name -> !name.equals("SLUICE_IDENTITY_ALLOWED_ORIGINS"))
                .toList());
  }

  @Test
  void secrets_are_referred_to_and_their_making_is_told() {
    var page = ComposeFile.text("docs/operating.md");
    for (var container : containers().toList())
      for (var variable : container.path("env")) {
        var name = variable.path("name").asString();
        var secret = variable.at("/valueFrom/secretKeyRef");
        boolean isSecret = name.matches(".*(SECRET|PASSWORD|API_KEY|ADMIN_KEY)");
        assertThat(secret.isObject()).as(name).isEqualTo(isSecret);
        if (isSecret)
          assertThat(page)
              .contains(
                  "secret generic " + secret.path("name").asString(),
                  "--from-literal=%s=".formatted(secret.path("key").asString()));
      }
  }

  @Test
  void a_worker_has_longer_to_stop_than_it_drains() {
    var grace = grace("worker-service");
    assertThat(grace)
        .isGreaterThan(ComposeSettings.defaultOf("worker-service", "sluice.intake.drain"))
        .isGreaterThan(setting("worker-service", "timeout-per-shutdown-phase"));
  }

  @Test
  void an_api_has_longer_to_stop_than_its_requests() {
    var pause = container(BASE, "api-service").at("/lifecycle/preStop/sleep/seconds").asInt();
    var springs = Duration.ofSeconds(30); // nothing else is set
    assertThat(ComposeFile.text("api-service/src/main/resources/application.yml"))
        .doesNotContain("timeout-per-shutdown-phase");
    assertThat(grace("api-service")).isGreaterThan(springs.plusSeconds(pause));
  }

  @ParameterizedTest
  @CsvSource({"api-service", "worker-service"})
  void a_container_may_do_little_and_is_asked_where_it_answers(String service) {
    var container = container(BASE, service);
    var pod = resource(BASE, "Deployment/" + service).at("/spec/template/spec");
    var page = ComposeFile.text("docs/operating.md");
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(ComposeFile.texts(container.at("/securityContext/capabilities/drop")))
        .containsExactly("ALL");
    assertThat(container.at("/resources/limits/memory").asString())
        .isEqualTo(container.at("/resources/requests/memory").asString())
        .isNotEmpty();
    for (var probe : List.of("startupProbe", "readinessProbe", "livenessProbe"))
      assertThat(page).contains(container.path(probe).at("/httpGet/path").asString("missing"));
    assertThat(ComposeFile.text(service + "/src/main/resources/application.yml"))
        .contains("\n  port: " + container.at("/ports/0/containerPort").asInt());
    assertThat(image(container))
        .isEqualTo(ComposeFile.read().service(service).path("image").asString());
  }

  @Test
  void there_are_never_fewer_workers_than_without_scaling() {
    var spec = resource(PRODUCTION, "ScaledObject/worker-service").path("spec");
    assertThat(spec.path("minReplicaCount").asInt())
        .isGreaterThanOrEqualTo(
            resource(BASE, "Deployment/worker-service").at("/spec/replicas").asInt())
        .isLessThan(spec.path("maxReplicaCount").asInt());
  }

  private static JsonNode kustomization(String folder) {
    return KubernetesFile.kustomization(folder).documents().getFirst();
  }

  private static List<String> files(JsonNode kustomization) {
    return ComposeFile.texts(kustomization.path("resources"))
        .filter(name -> name.endsWith(".yaml"))
        .toList();
  }

  private static KubernetesFile file(String folder, String name) {
    return KubernetesFile.in(folder).filter(it -> it.name().equals(name)).findFirst().orElseThrow();
  }

  private static Stream<JsonNode> resources(String folder) {
    return KubernetesFile.in(folder)
        .filter(file -> !file.isKustomization())
        .flatMap(file -> file.documents().stream());
  }

  private static JsonNode resource(String folder, String identity) {
    return resources(folder).filter(it -> identity(it).equals(identity)).findFirst().orElseThrow();
  }

  private static String identity(JsonNode resource) {
    return resource.path("kind").asString() + "/" + resource.at("/metadata/name").asString();
  }

  private static Stream<JsonNode> containers() {
    return Stream.of("api-service", "worker-service").map(name -> container(BASE, name));
  }

  private static JsonNode container(String folder, String service) {
    return resource(folder, "Deployment/" + service).at("/spec/template/spec/containers/0");
  }

  private static String image(JsonNode container) {
    return container.path("image").asString();
  }

  private static Duration grace(String service) {
    var seconds =
        resource(BASE, "Deployment/" + service)
            .at("/spec/template/spec/terminationGracePeriodSeconds")
            .asInt();
    return Duration.ofSeconds(seconds);
  }

  private static Duration setting(String service, String key) {
    var file = ComposeFile.text(service + "/src/main/resources/application.yml");
    var found = java.util.regex.Pattern.compile(key + ": (\\d+)s").matcher(file);
    assertThat(found.find()).isTrue();
    return Duration.ofSeconds(Long.parseLong(found.group(1)));
  }

  /** Labels by which a resource finds pods. */
  private static List<JsonNode> selectors(JsonNode resource) {
    var selectors = new ArrayList<JsonNode>();
    resource.findValues("podSelector").forEach(it -> selectors.add(it.path("matchLabels")));
    resource.findValues("labelSelector").forEach(it -> selectors.add(it.path("matchLabels")));
    for (var selector : resource.findValues("selector"))
      selectors.add(selector.has("matchLabels") ? selector.path("matchLabels") : selector);
    return selectors;
  }

  private static List<JsonNode> podLabels() {
    return resources(BASE)
        .filter(it -> it.path("kind").asString().equals("Deployment"))
        .map(it -> it.at("/spec/template/metadata/labels"))
        .toList();
  }
}
