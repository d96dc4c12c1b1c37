package dev.sluice.simulator.billing;

import java.util.Locale;

/** What is counted and has a price of its own. */
enum Meter {
  INPUT,
  CACHED_INPUT,
  OUTPUT;

  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As the Costs API names a line: {@code gpt-4o, cached input}. */
  String lineItem(String model) {
    return model + ", " + key().replace('_', ' ');
  }
}
