package dev.sluice.common.budget;

import java.util.Set;

/**
 * A budget shared by the models of one limit group of the account.
 *
 * @param name names the lane's topics and the budget's keys
 * @param models every model, dated names too, that draws on this pool
 * @param key name of the provider's key that its calls are made with
 * @param refunds whether the provider gives back at a call's end what it charged beyond what was
 *     used
 * @param tier what the account's tier grants
 */
public record Pool(String name, Set<String> models, String key, boolean refunds, Tier tier) {
  /** The key in {@code OPENAI_API_KEY}. */
  public static final String DEFAULT_KEY = "default";
}
