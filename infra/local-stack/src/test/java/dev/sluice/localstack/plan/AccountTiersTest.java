package dev.sluice.localstack.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.budget.Planner;
import dev.sluice.common.budget.Tier;
import dev.sluice.localstack.process.StackException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class AccountTiersTest {

  @Test
  void they_are_those_that_the_services_read() {
    var tiers = read(Map.of());

    assertThat(tiers.ownTier()).isEqualTo("tier-1");
    assertThat(tiers.utilisation()).isEqualTo(Planner.UTILISATION);
    assertThat(tiers.poolOf("gpt-4o-2024-08-06").tiers())
        .containsEntry("tier-1", new Tier(500, 30_000, null, null));
  }

  @Test
  void what_the_services_are_told_otherwise_counts_here_too() {
    var tiers =
        read(
            Map.of(
                "sluice.budget.tier", "tier-3",
                "sluice.budget.pools.gpt-4o.tiers.tier-1.tpm", "60000",
                "sluice.budget-schedule.utilisation", "0.9"));

    assertThat(tiers.ownTier()).isEqualTo("tier-3");
    assertThat(tiers.utilisation()).isEqualTo(0.9);
    assertThat(tiers.poolOf("gpt-4o").tiers())
        .containsEntry("tier-1", new Tier(500, 60_000, null, null));
  }

  @Test
  void a_wrong_setting_is_told_in_one_line() {
    assertThatThrownBy(() -> read(Map.of("sluice.budget.tier", "gold")))
        .isInstanceOf(StackException.class)
        .hasMessage(
            "the tiers cannot be read: set sluice.budget.tier (SLUICE_BUDGET_TIER) to one of"
                + " [free, tier-1, tier-2, tier-3, tier-4, tier-5]; 'gold' opens no pool");
    assertThatThrownBy(() -> read(Map.of("sluice.budget-schedule.utilisation", "2")))
        .hasMessage("the tiers cannot be read: utilisation 2.0 is not in (0, 1]");
  }

  private static AccountTiers read(Map<String, Object> settings) {
    var environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("settings", settings));
    return AccountTiers.read(environment);
  }
}
