package dev.sluice.localstack.plan;

import dev.sluice.common.budget.BudgetProperties.PoolProperties;
import dev.sluice.common.budget.Demand;
import dev.sluice.common.budget.Plan;
import dev.sluice.common.budget.Plan.Flow;
import dev.sluice.common.budget.Plan.NeverFits;
import dev.sluice.common.budget.Plan.Share;
import dev.sluice.common.budget.Plan.Waiting.Growing;
import dev.sluice.common.budget.Planner;
import dev.sluice.common.budget.Tier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What would let the account carry more, where it carries too little or just enough. */
final class Advice {

  /** Below this load of the tightest limit nothing needs help. */
  private static final double COMFORTABLE = 0.8;

  private final PlanQuestion question;
  private final PoolProperties pool;
  private final Planner planner;

  Advice(PlanQuestion question, PoolProperties pool, Planner planner) {
    this.question = question;
    this.pool = pool;
    this.planner = planner;
  }

  /** Sentences, the cheapest remedy first; none where there is room. */
  List<String> on(Tier tier, Plan plan) {
    var advice = new ArrayList<String>();
    if (0 < question.maxOutputTokens() && question.maxOutputTokens() < question.outputTokens()) {
      advice.add(
          "a higher max_output_tokens: answers of %s tokens are cut off at %s"
              .formatted(
                  Figures.number(question.outputTokens()),
                  Figures.number(question.maxOutputTokens())));
    }
    switch (plan) {
      case NeverFits(_, var limit, _) -> {
        advice.add("%s of at most %s tokens".formatted(chargedField(), Figures.number(limit)));
        advice.add(higherTier());
      }
      case Flow flow when flow.tightest().load() < COMFORTABLE -> {}
      case Flow flow -> {
        for (var share : pressing(flow)) {
          (share.bandwidth().countsTokens() ? fewerTokens(tier, share) : fewerRequests(flow, share))
              .ifPresent(advice::add);
        }
        if (!flow.carriesAll()) {
          advice.add(higherTier());
        }
      }
    }
    return List.copyOf(advice);
  }

  /** The limits that bind, or the one that is about to. */
  private static List<Share> pressing(Flow flow) {
    if (flow.carriesAll()) {
      return List.of(flow.tightest());
    }
    return flow.phases().stream()
        .filter(phase -> phase.waiting() instanceof Growing)
        .map(phase -> flow.shareOf(phase.binding()))
        .toList();
  }

  private Optional<String> fewerTokens(Tier tier, Share share) {
    long needed = Demand.charge(question.inputTokens(), question.outputTokens());
    if (question.maxOutputTokens() > needed
        && planner.plan(tier, question.demand(needed)) instanceof Flow leaner) {
      return Optional.of(
          "a lower max_output_tokens: %s are charged, answers take %s; at %s %s"
              .formatted(
                  Figures.number(question.maxOutputTokens()),
                  Figures.number(question.outputTokens()),
                  Figures.number(needed),
                  carries(leaner.shareOf(share.bandwidth()))));
    }
    if (question.maxOutputTokens() > question.inputTokens()) {
      return Optional.empty(); // it is as low as the answers allow
    }
    return Optional.of(
        "a shorter input: at %s tokens %s just carries %s"
            .formatted(
                Figures.number((long) (question.inputTokens() / share.load())),
                share.bandwidth(),
                Figures.perSecond(question.perSecond())));
  }

  /** Only where that is within reach, and tokens leave room for it. */
  private static Optional<String> fewerRequests(Flow flow, Share share) {
    return flow.shares().stream()
        .filter(other -> other.bandwidth().countsTokens())
        .max(Comparator.comparingDouble(Share::load))
        .filter(tokens -> tokens.load() < COMFORTABLE && share.load() < 2)
        .map(tokens ->
            "fewer, larger requests: %s counts them whatever their size, and %s is at %s"
                .formatted(share.bandwidth(), tokens.bandwidth(), Figures.percent(tokens.load())));
  }

  private String higherTier() {
    var flows = new ArrayList<Map.Entry<String, Flow>>();
    pool.tiers()
        .forEach((name, tier) -> {
          if (planner.plan(tier, question.demand()) instanceof Flow flow) {
            flows.add(Map.entry(name, flow));
          }
        });
    if (flows.isEmpty()) {
      return "no tier of this model grants as many";
    }
    flows.sort(Comparator.comparingDouble(tier -> tier.getValue().tightest().perSecond()));
    return flows.stream()
        .filter(tier -> tier.getValue().carriesAll())
        .findFirst()
        .map(tier ->
            "%s carries it: there %s".formatted(tier.getKey(), carries(tier.getValue().tightest())))
        .orElseGet(() ->
            "no tier carries it: in %s %s; models of another pool have limits of their own"
                .formatted(
                    flows.getLast().getKey(), carries(flows.getLast().getValue().tightest())));
  }

  private static String carries(Share share) {
    return "%s carries %s".formatted(share.bandwidth(), Figures.perSecond(share.perSecond()));
  }

  private String chargedField() {
    return question.maxOutputTokens() > question.inputTokens() ? "a max_output_tokens" : "an input";
  }
}
