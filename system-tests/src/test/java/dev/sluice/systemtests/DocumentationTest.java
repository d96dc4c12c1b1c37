package dev.sluice.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the documentation says is what the code does. */
class DocumentationTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Path ROOT = Path.of("..");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

  @ParameterizedTest
  @ValueSource(strings = {"common", "api-service", "worker-service"})
  void every_configuration_key_is_listed_with_its_default(String module) throws IOException {
    var page = read("docs/configuration.md");
    var metadata =
        JSON.readTree(read(module + "/target/classes/META-INF/spring-configuration-metadata.json"));
    assertThat(metadata.path("properties")).isNotEmpty();
    for (var property : metadata.path("properties"))
      assertThat(page)
          .as(property.path("name").asString())
          .containsPattern(Pattern.compile("(?m)^" + Pattern.quote(start(property))));
  }

  private static String start(JsonNode property) {
    return "| `%s` |".formatted(property.path("name").asString());
  }

  @Test
  void a_default_that_changes_changes_the_page() throws IOException {
    var page = read("docs/configuration.md");
    for (var module : List.of("common", "api-service", "worker-service"))
      for (var property :
          JSON.readTree(
                  read(module + "/target/classes/META-INF/spring-configuration-metadata.json"))
              .path("properties")) {
        var value = property.path("defaultValue").asString("");
        if (value.isEmpty()) continue;
        var line =
            page.lines().filter(text -> text.startsWith(start(property))).findFirst().orElse("");
        assertThat(line).contains("| `" + value + "` |");
      }
  }

  @Test
  void every_error_code_has_a_line() throws IOException {
    var page = read("docs/wire-protocol.md");
    var source = read("common/src/main/java/dev/sluice/common/error/ErrorCode.java");
    var codes =
        Pattern.compile("(?m)^  ([A-Z_]+)\\(\\s*(\\d{3})")
            .matcher(source)
            .results()
            .map(code ->
                "| `%s` | %s |"
                    .formatted(code.group(1).toLowerCase(java.util.Locale.ROOT), code.group(2)))
            .toList();
    assertThat(codes).hasSizeGreaterThan(20);
    assertThat(codes).allSatisfy(line -> assertThat(page).contains(line));
  }

  static Stream<Path> pages() throws IOException {
    try (var files = Files.walk(ROOT, 4)) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.toString().matches(".*/(target|\\.git|\\.sluice|node_modules)/.*"))
          .collect(Collectors.toList())
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void every_link_leads_somewhere(Path page) throws IOException {
    var links = LINK.matcher(Files.readString(page)).results().map(link -> link.group(1)).toList();
    assertThat(links)
        .allSatisfy(link -> assertThat(page.resolveSibling(link)).as(page.toString()).exists());
  }

  @Test
  void the_readme_shows_both_commands() throws IOException {
    var firstScreen = Arrays.stream(read("README.md").split("\n")).limit(30).toList();
    assertThat(firstScreen).anyMatch(line -> line.startsWith("./sluice up"));
    assertThat(firstScreen).anyMatch(line -> line.startsWith("./sluice test"));
  }

  private static String read(String path) throws IOException {
    return Files.readString(ROOT.resolve(path));
  }
}
