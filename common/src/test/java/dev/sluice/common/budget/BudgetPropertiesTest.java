package dev.sluice.common.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.budget.BudgetProperties.PoolProperties;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

class BudgetPropertiesTest {
  @Test
  void the_defaults_are_the_providers_published_tiers() throws Exception {
    assertThat(tier("free", "gpt-3.5-turbo")).isEqualTo(new Tier(3, 40_000, 200L, null));
    assertThat(tier("tier-1", "gpt-3.5-turbo")).isEqualTo(new Tier(3_500, 200_000, 10_000L, null));
    assertThat(tier("tier-1", "gpt-4o")).isEqualTo(new Tier(500, 30_000, null, null));
    assertThat(tier("tier-5", "gpt-4o")).isEqualTo(new Tier(10_000, 30_000_000, null, null));
    assertThat(tier("tier-1", "gpt-4o-mini")).isEqualTo(new Tier(500, 200_000, 10_000L, null));
    assertThat(tier("tier-5", "gpt-4o-mini")).isEqualTo(new Tier(30_000, 150_000_000, null, null));
  }

  @Test
  void a_pool_that_the_tier_does_not_list_is_closed() throws Exception {
    assertThat(defaults(Map.of("sluice.budget.tier", "free")).poolOf("gpt-4o", 1, "red")).isEmpty();
  }

  @Test
  void a_figure_can_be_overridden_alone() throws Exception {
    var raised = defaults(Map.of("sluice.budget.pools.gpt-4o.tiers.tier-1.tpm", "60000"));
    assertThat(raised.poolOf("gpt-4o", 1, "red").orElseThrow().tier())
        .isEqualTo(new Tier(500, 60_000, null, null));
  }

  @Test
  void an_unknown_tier_is_refused_with_the_known_ones() {
    assertThatThrownBy(() -> new BudgetProperties("gold", Map.of("a", aPool("m"))))
        .hasMessage(
            "set sluice.budget.tier (SLUICE_BUDGET_TIER) to one of [tier-1]; 'gold' opens no pool");
  }

  @Test
  void a_model_draws_on_one_pool_only() {
    assertThatThrownBy(
            () -> new BudgetProperties("tier-1", Map.of("a", aPool("m"), "b", aPool("m"))))
        .hasMessageContaining("model m is in pools");
  }

  @Test
  void a_model_may_be_in_pools_that_something_tells_apart() {
    var pools =
        new BudgetProperties(
            "tier-1",
            Map.of(
                "all", aPool("m"),
                "long", aPool("m", 1_000L, Set.of()),
                "blue", aPool("m", null, Set.of("blue"))));
    assertThat(pools.poolOf("m", 1_000, "red").orElseThrow().name()).isEqualTo("all");
    assertThat(pools.poolOf("m", 1_001, "red").orElseThrow().name()).isEqualTo("long");
    assertThat(pools.poolOf("m", 1_001, "blue").orElseThrow().name()).isEqualTo("blue");
    assertThat(pools.poolOf("other", 1, "red")).isEmpty();
  }

  @Test
  void a_pool_name_must_fit_a_topic() {
    assertThatThrownBy(() -> new BudgetProperties("tier-1", Map.of("a.b", aPool("m"))))
        .hasMessageContaining("pool name 'a.b'");
  }

  @Test
  void a_day_cannot_grant_less_than_a_minute() {
    assertThatThrownBy(() -> new Tier(10, 1_000, 5L, null))
        .hasMessageContaining("rpd 5 is below rpm 10");
  }

  private static PoolProperties aPool(String model) {
    return aPool(model, null, Set.of());
  }

  private static PoolProperties aPool(String model, @Nullable Long inputAbove, Set<String> teams) {
    return new PoolProperties(
        List.of(model),
        inputAbove,
        teams,
        "default",
        false,
        Map.of("tier-1", new Tier(1, 1, null, null)));
  }

  private static Tier tier(String tier, String model) throws Exception {
    return defaults(Map.of("sluice.budget.tier", tier))
        .poolOf(model, 1, "red")
        .orElseThrow()
        .tier();
  }

  private static BudgetProperties defaults(Map<String, Object> overrides) throws Exception {
    var environment = new StandardEnvironment();
    var sources = environment.getPropertySources();
    sources.addFirst(new MapPropertySource("overrides", overrides));
    new YamlPropertySourceLoader()
        .load("defaults", new ClassPathResource("sluice-budget.yml"))
        .forEach(sources::addLast);
    return Binder.get(environment).bind("sluice.budget", BudgetProperties.class).get();
  }
}
