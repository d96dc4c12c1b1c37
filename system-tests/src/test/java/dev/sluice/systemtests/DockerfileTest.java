package dev.sluice.systemtests;

import static dev.sluice.systemtests.ComposeFile.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.module.ResolvedModule;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code infra/docker/Dockerfile} without an engine. */
class DockerfileTest {
  private static final Dockerfile FILE = Dockerfile.read();

  @Test
  void what_is_copied_exists_and_reaches_the_builder() {
    assertThat(FILE.copied()).hasSizeGreaterThan(2);
    for (var path : FILE.copied()) {
      assertThat(ROOT.resolve(path)).exists();
      if (!path.equals(".")) assertThat(Dockerfile.receives(path)).as(path).isTrue();
    }
  }

  @Test
  void the_builder_receives_the_pom_of_every_module() {
    var modules =
        Pattern.compile("<module>(.+)</module>").matcher(ComposeFile.text("pom.xml")).results();
    assertThat(modules.map(module -> module.group(1) + "/pom.xml"))
        .hasSizeGreaterThan(5)
        .allMatch(Dockerfile::receives);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".env",
        ".git/config",
        ".sluice/secrets.properties",
        "infra/compose/secrets.env.example",
        "api-service/target/api-service.jar",
        "common/src/test/java/A.java",
        "infra/local-stack/src/main/java/A.java"
      })
  void the_builder_does_not_receive(String path) {
    assertThat(Dockerfile.receives(path)).isFalse();
  }

  @Test
  void it_starts_from_pinned_images() {
    assertThat(FILE.bases())
        .hasSize(2)
        .allMatch(base -> base.contains(":") && !base.endsWith(":latest"));
  }

  @Test
  void every_image_runs_as_the_user_of_docker_compose() {
    var user = ComposeFile.read().service("api-service").path("user").asString();
    assertThat(FILE.instructions()).filteredOn(line -> line.startsWith("USER ")).hasSize(1);
    assertThat(FILE.instructions()).contains("USER " + user);
  }

  @Test
  void the_api_gets_the_options_of_the_local_stack() {
    var catalog =
        ComposeFile.text(
            "infra/local-stack/src/main/java/dev/sluice/localstack/ProgramCatalog.java");
    var options = Pattern.compile("\"(-D[^\"]+)\"").matcher(catalog).results();
    assertThat(options.map(option -> option.group()))
        .isNotEmpty()
        .allMatch(option -> FILE.instructions().toString().contains(option));
  }

  /** Libraries may ask for more; that their modules suffice is seen by running the image. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "common",
        "api-service",
        "worker-service",
        "infra/openai-simulator",
        "infra/demo-issuer"
      })
  void the_jre_has_every_module_that_our_code_uses(String module) {
    var linked =
        Configuration.empty()
            .resolve(ModuleFinder.ofSystem(), ModuleFinder.of(), FILE.modules())
            .modules()
            .stream()
            .map(ResolvedModule::name)
            .toList();
    var used =
        jdeps(
            "--ignore-missing-deps",
            "--print-module-deps",
            ROOT.resolve(module).resolve("target/classes").toString());
    assertThat(linked).contains(used.strip().split(","));
  }

  private static String jdeps(String... arguments) {
    var out = new StringWriter();
    var printer = new PrintWriter(out);
    ToolProvider.findFirst("jdeps").orElseThrow().run(printer, printer, arguments);
    return out.toString();
  }
}
