package dev.sluice.localstack.plan;

import dev.sluice.common.budget.Plan;
import dev.sluice.localstack.process.StackException;
import java.util.List;

/**
 * The answer to a {@link PlanQuestion}.
 *
 * @param tier of which it speaks
 * @param utilisation share of each limit that the workers use
 * @param advice what would let the account carry more, sentences
 */
public record PlanAnswer(
    PlanQuestion question, String tier, double utilisation, Plan plan, List<String> advice) {

  /** Refuses models and tiers that the services do not know, in a sentence with those they do. */
  public static PlanAnswer to(PlanQuestion question) {
    return to(question, AccountTiers.read());
  }

  static PlanAnswer to(PlanQuestion question, AccountTiers tiers) {
    var pool = tiers.poolOf(question.model());
    var name = question.tier().orElseGet(tiers::ownTier);
    var tier = pool.tiers().get(name);
    if (tier == null) {
      throw new StackException(
          "there is no tier %s for %s: choose one of %s"
              .formatted(name, question.model(), String.join(", ", pool.tiers().keySet())));
    }
    var plan = tiers.planner().plan(tier, question.demand());
    var advice = new Advice(question, pool, tiers.planner()).on(tier, plan);
    return new PlanAnswer(question, name, tiers.utilisation(), plan, advice);
  }

  /** The models that a question may name, for a person to choose from. */
  public static String models() {
    return AccountTiers.read().models();
  }

  /** For a person. */
  public String text() {
    return new PlanText(this).toString();
  }

  /** For tools: what {@code --json} prints. */
  public Object json() {
    return PlanJson.of(this);
  }
}
