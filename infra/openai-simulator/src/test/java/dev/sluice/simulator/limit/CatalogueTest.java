package dev.sluice.simulator.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogueTest {
  private final Catalogue catalogue = Catalogue.load();

  @Test
  void tier_1_grants_what_the_provider_publishes() {
    assertThat(catalogue.tier("tier-1"))
        .containsEntry("gpt-3.5-turbo", new Limits(3_500, 200_000, 10_000))
        .containsEntry("gpt-4o", new Limits(500, 30_000, 0))
        .containsEntry("gpt-4o-mini", new Limits(500, 200_000, 10_000));
  }

  @Test
  void the_free_tier_has_no_gpt_4o() {
    assertThat(catalogue.tier("free")).containsOnlyKeys("gpt-3.5-turbo", "gpt-4o-mini");
  }

  @Test
  void an_unknown_tier_is_refused_by_name() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> catalogue.tier("tier-6"))
        .withMessageContaining("tier-6");
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-4o-mini-2024-07-18, gpt-4o-mini, true",
    "gpt-4o-mini,            gpt-4o-mini, true",
    "gpt-4o-mini,            gpt-4o,      false",
    "gpt-3.5-turbo-0125,     gpt-3.5-turbo, true",
    "gpt-4o-2024-08-06,      gpt-4o,      true",
    "gpt-4o-2024,            gpt-4,       false",
    "gpt-4omega,             gpt-4o,      false"
  })
  void a_family_shares_the_pool_of_its_dated_snapshots(String model, String pool, boolean belongs) {
    assertThat(Catalogue.belongs(model, pool)).isEqualTo(belongs);
  }
}
