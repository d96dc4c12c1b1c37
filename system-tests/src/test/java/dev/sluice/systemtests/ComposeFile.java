package dev.sluice.systemtests;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code docker-compose.yml} as a tree: its anchors are resolved, its variables are not. */
record ComposeFile(ObjectNode tree) {
  static final Path ROOT = Path.of("..");

  private static final String SCHEMA_FILE =
      "system-tests/src/test/resources/compose-spec/compose-spec.json";
  private static final JsonMapper JSON = new JsonMapper();
  private static final Schema SCHEMA = schema();

  static ComposeFile read() {
    var strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    // Not Jackson's YAML: it knows no merge keys.
    Map<String, Object> tree =
        new Yaml(new SafeConstructor(strict)).load(text("docker-compose.yml"));
    return new ComposeFile(JSON.valueToTree(tree));
  }

  /** A file below the root of the repository. */
  static String text(String path) {
    try {
      return Files.readString(ROOT.resolve(path));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  JsonNode services() {
    return tree.path("services");
  }

  JsonNode service(String name) {
    return services().path(name);
  }

  /** The texts of a list, or the one text; nothing where there is neither. */
  static Stream<String> texts(JsonNode node) {
    return node.isString()
        ? Stream.of(node.asString())
        : StreamSupport.stream(node.spliterator(), false).map(JsonNode::asString);
  }

  /** A copy in which one thing is different, or missing where there is no JSON. */
  ComposeFile with(String pointer, String json) {
    var copy = tree.deepCopy();
    var at = JsonPointer.compile(pointer);
    var parent = copy.at(Objects.requireNonNull(at.head()));
    var last = Objects.requireNonNull(at.last());
    if (parent instanceof ArrayNode list) {
      list.set(last.getMatchingIndex(), JSON.readTree(json));
    } else if (json.isEmpty()) {
      ((ObjectNode) parent).remove(last.getMatchingProperty());
    } else {
      ((ObjectNode) parent).set(last.getMatchingProperty(), JSON.readTree(json));
    }
    return new ComposeFile(copy);
  }

  /** What the specification's schema has against it. */
  List<String> schemaErrors() {
    return SCHEMA.validate(tree).stream()
        .map(error -> "%s %s".formatted(error.getInstanceLocation(), error.getMessage()))
        .toList();
  }

  private static Schema schema() {
    var schema = (ObjectNode) JSON.readTree(text(SCHEMA_FILE));
    schema.put("$id", "https://github.com/compose-spec/compose-spec/schema/compose-spec.json");
    schema.put("$schema", SpecificationVersion.DRAFT_7.getDialectId());
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7).getSchema(schema);
  }
}
