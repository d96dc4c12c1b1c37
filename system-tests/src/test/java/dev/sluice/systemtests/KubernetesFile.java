package dev.sluice.systemtests;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A file below {@code infra/kubernetes}.
 *
 * @param folder that it is in, {@code base} or an overlay
 */
record KubernetesFile(String folder, String name, String text) {
  static final String BASE = "base";
  static final String PRODUCTION = "overlays/production";
  static final String KUSTOMIZATION = "kustomization.yaml";

  private static final String ROOT = "infra/kubernetes";
  private static final JsonMapper JSON = new JsonMapper();
  private static final Schema SCALED_OBJECT =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
          .getSchema(ComposeFile.text("system-tests/src/test/resources/keda/scaled-object.json"));

  static Stream<KubernetesFile> all() {
    return Stream.of(BASE, PRODUCTION).flatMap(KubernetesFile::in);
  }

  static Stream<KubernetesFile> in(String folder) {
    var path = ComposeFile.ROOT.resolve(ROOT).resolve(folder);
    try (var files = Files.list(path)) {
      return files.filter(Files::isRegularFile).map(file -> of(folder, file)).toList().stream();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static KubernetesFile of(String folder, Path file) {
    var name = file.getFileName().toString();
    return new KubernetesFile(
        folder, name, ComposeFile.text("%s/%s/%s".formatted(ROOT, folder, name)));
  }

  static KubernetesFile kustomization(String folder) {
    return in(folder).filter(KubernetesFile::isKustomization).findFirst().orElseThrow();
  }

  boolean isKustomization() {
    return name.equals(KUSTOMIZATION);
  }

  /** The same with another text in place of one that must be there. */
  KubernetesFile with(String old, String other) {
    if (!text.contains(old)) throw new IllegalArgumentException(name + " has no " + old);
    return new KubernetesFile(folder, name, text.replace(old, other));
  }

  List<JsonNode> documents() {
    var strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    var documents = new ArrayList<JsonNode>();
    for (var document : new Yaml(new SafeConstructor(strict)).loadAll(text))
      documents.add(JSON.valueToTree(document));
    return documents;
  }

  /** What Kubernetes' API, or KEDA's, has against it. */
  List<String> mistakes() {
    var mistakes = new ArrayList<String>();
    for (var document : documents()) {
      if (document.path("kind").asString().equals("ScaledObject"))
        SCALED_OBJECT.validate(document).forEach(error -> mistakes.add(error.toString()));
      else readStrictly(document, mistakes);
    }
    return mistakes;
  }

  private static void readStrictly(JsonNode document, List<String> mistakes) {
    try {
      io.kubernetes.client.util.Yaml.load(JSON.writeValueAsString(document)); // JSON is YAML
    } catch (IOException | RuntimeException refused) {
      mistakes.add(String.valueOf(refused.getMessage()));
    }
  }

  @Override
  public String toString() {
    return folder + "/" + name;
  }
}
