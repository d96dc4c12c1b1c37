package dev.sluice.benchmarks.budget;

import java.util.Locale;

/** What happens while a subject is measured. */
enum Scenario {
  /** Nothing: there is always more to do than the limit allows. */
  SATURATED,
  /** Each request takes 0 to 100 ms longer to the provider, so requests overtake each other. */
  JITTER,
  /** From the middle on somebody else takes 30 % of the account, unannounced. */
  COTENANT,
  /** In the middle all that Redis holds is lost. */
  FLUSH,
  /** Few requests and a limit far away: what the budget itself costs. */
  IDLE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
