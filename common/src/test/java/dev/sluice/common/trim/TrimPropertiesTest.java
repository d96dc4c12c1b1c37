package dev.sluice.common.trim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.trim.TrimProperties.Context;
import dev.sluice.common.trim.TrimProperties.Mode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

class TrimPropertiesTest {
  @Test
  void the_defaults_trim_to_the_models_context_only() throws Exception {
    var defaults = bound(Map.of());
    assertThat(defaults.mode()).isEqualTo(Mode.ALWAYS);
    assertThat(defaults.maxInputTokens()).isNull();
    assertThat(defaults.poolMaxInputTokens()).isEmpty();
    assertThat(defaults.answerTokens()).isEqualTo(4_096);
    assertThat(defaults.step()).isEqualTo(0.25);
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-4o, 128000",
    "gpt-4o-mini-2024-07-18, 128000",
    "ft:gpt-4o-mini-2024-07-18:org::id, 128000",
    "gpt-4.1-nano, 1047576",
    "gpt-5, 272000",
    "gpt-5-mini-2025-08-07, 272000",
    "gpt-5-chat-latest, 128000",
    "gpt-3.5-turbo-0125, 16385",
    "gpt-4-0613, 8192",
    "gpt-4-turbo-2024-04-09, 128000",
    "o3-mini-2025-01-31, 200000",
    "a-model-of-tomorrow, 9223372036854775807",
    "gpt-4o-of-tomorrow, 9223372036854775807"
  })
  void contexts_are_the_providers_published_ones(String model, long input) throws Exception {
    assertThat(bound(Map.of()).contextOf(model).input(0)).isEqualTo(input);
  }

  @Test
  void the_answer_takes_of_the_context_but_not_of_the_inputs_own_limit() throws Exception {
    var contexts = bound(Map.of());
    assertThat(contexts.contextOf("gpt-4o").input(8_000)).isEqualTo(120_000);
    assertThat(contexts.contextOf("gpt-5").input(8_000)).isEqualTo(272_000);
    assertThat(contexts.contextOf("gpt-5").input(200_000)).isEqualTo(200_000);
    assertThat(contexts.contextOf("a-model-of-tomorrow").input(8_000)).isEqualTo(Limits.NONE);
  }

  @Test
  void a_figure_can_be_overridden_alone() throws Exception {
    var smaller = bound(Map.of("sluice.trim.contexts.gpt-4o.max-input", "8000"));
    assertThat(smaller.contextOf("gpt-4o-mini").input(1_000)).isEqualTo(8_000);
  }

  @Test
  void a_model_has_one_context_only() {
    var context = new Context(List.of("m"), 10, null);
    assertThatThrownBy(() ->
            new TrimProperties(Mode.AUTO, null, Map.of(), 1, 0, Map.of("a", context, "b", context)))
        .hasMessage("set sluice.trim.contexts so that model m is in one of a and b only");
  }

  @Test
  void a_model_cannot_read_more_than_it_holds() {
    assertThatThrownBy(() -> new Context(List.of("m"), 10, 11L))
        .hasMessageContaining("max-input 11 of [m] is above window 10");
  }

  @Test
  void a_limit_of_an_unknown_pool_stops_the_service() throws Exception {
    var environment = environment(Map.of("sluice.trim.pool-max-input-tokens.gpt-4p", "1"));
    var binder = Binder.get(environment);
    var budget = binder.bind("sluice.budget", BudgetProperties.class).get();
    var properties = binder.bind("sluice.trim", TrimProperties.class).get();
    assertThatThrownBy(() -> Trimmer.of(properties, budget.pools().keySet()))
        .hasMessage(
            "set sluice.trim.pool-max-input-tokens for pools of [gpt-35-turbo, gpt-4o, gpt-4o-mini] only; there is no pool gpt-4p");
  }

  private static TrimProperties bound(Map<String, Object> overrides) throws Exception {
    return Binder.get(environment(overrides)).bind("sluice.trim", TrimProperties.class).get();
  }

  private static StandardEnvironment environment(Map<String, Object> overrides) throws Exception {
    var environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("overrides", overrides));
    for (var file : List.of("sluice-budget.yml", "sluice-contexts.yml"))
      new YamlPropertySourceLoader()
          .load(file, new ClassPathResource(file))
          .forEach(environment.getPropertySources()::addLast);
    return environment;
  }
}
