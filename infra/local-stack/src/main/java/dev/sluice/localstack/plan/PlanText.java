package dev.sluice.localstack.plan;

import dev.sluice.common.budget.Bandwidth;
import dev.sluice.common.budget.Plan.Flow;
import dev.sluice.common.budget.Plan.NeverFits;
import dev.sluice.common.budget.Plan.Phase;
import dev.sluice.common.budget.Plan.Share;
import dev.sluice.common.budget.Plan.Waiting.Growing;
import dev.sluice.common.budget.Plan.Waiting.Steady;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** An answer as an operator reads it. */
final class PlanText {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final PlanAnswer answer;
  private final PlanQuestion question;
  private final List<String> lines = new ArrayList<>();

  PlanText(PlanAnswer answer) {
    this.answer = answer;
    question = answer.question();
    heading();
    switch (answer.plan()) {
      case Flow flow -> flow(flow);
      case NeverFits never -> neverFits(never);
    }
    var helps = "Helps";
    for (var advice : answer.advice()) {
      line(helps, advice);
      helps = "";
    }
  }

  private void heading() {
    lines.add(
        "%s in %s: %s, each charged %s tokens and answered in %s"
            .formatted(
                question.model(),
                answer.tier(),
                Figures.perSecond(question.perSecond()),
                Figures.number(question.demand().chargedTokens()),
                Figures.time(question.latency())));
    lines.add(
        "Charged is the larger of the input (%s) and max_output_tokens (%s)."
            .formatted(
                Figures.number(question.inputTokens()),
                question.maxOutputTokens() == 0
                    ? "not set"
                    : Figures.number(question.maxOutputTokens())));
    lines.add("");
  }

  private void neverFits(NeverFits never) {
    line(
        "Binds",
        "%s: a request of more than %s tokens never fits, it is refused (tokens_exceed_limit)"
            .formatted(never.bandwidth(), Figures.number(never.limit())));
  }

  private void flow(Flow flow) {
    row("limit", "granted", "workers can start", "load");
    for (var share : flow.shares()) {
      row(
          share.bandwidth().name(),
          granted(share),
          Figures.perSecond(share.perSecond()),
          Figures.percent(share.load()));
    }
    lines.add("Workers use %s of each limit.".formatted(Figures.percent(answer.utilisation())));
    lines.add("");
    line("Binds", flow, phase -> binds(flow, phase));
    line("Throughput", flow, PlanText::throughput);
    line("Waiting", flow, PlanText::waiting);
    line("Concurrency", concurrency(flow.atFirst()));
  }

  private static String granted(Share share) {
    return "%s a %s"
        .formatted(
            Figures.number(share.limit()), isOfAMinute(share.bandwidth()) ? "minute" : "day");
  }

  private static boolean isOfAMinute(Bandwidth bandwidth) {
    return bandwidth.period().equals(MINUTE);
  }

  private static String binds(Flow flow, Phase phase) {
    if (phase.waiting() instanceof Growing) {
      return "%s%s carries %s of what is asked"
          .formatted(
              phase.binding(),
              usedUp(phase.binding()),
              Figures.percent(phase.throughput() / flow.demand().perSecond()));
    }
    var nearest = flow.carriesAll() ? flow.tightest() : flow.shareOf(phase.binding());
    return "nothing; %s is nearest, with room for %s more"
        .formatted(
            nearest.bandwidth(),
            Figures.perSecond(nearest.perSecond() - flow.demand().perSecond()));
  }

  private static String usedUp(Bandwidth binding) {
    return isOfAMinute(binding)
        ? ""
        : ", a full day's %s are used up; what comes back"
            .formatted(binding.countsTokens() ? "tokens" : "requests");
  }

  private static String throughput(Phase phase) {
    return "%s (%s a minute)"
        .formatted(Figures.perSecond(phase.throughput()), Figures.number(phase.throughput() * 60));
  }

  private static String waiting(Phase phase) {
    return switch (phase.waiting()) {
      case Steady(var mean) -> "up to %s on average".formatted(Figures.time(mean));
      case Growing(var perMinute, double backlog) ->
          "grows by %s every minute, and the backlog by %s requests"
              .formatted(Figures.time(perMinute), Figures.number(backlog));
    };
  }

  private String concurrency(Phase phase) {
    return "%s for the whole fleet: %s calls at once on average (%s/s x %s), and head-room"
        .formatted(
            Figures.number(phase.concurrency()),
            Figures.number(phase.callsAtOnce()),
            Figures.number(phase.throughput()),
            Figures.time(question.latency()));
  }

  private void row(String limit, String granted, String perSecond, String load) {
    lines.add("%-6s %-20s %-18s %s".formatted(limit, granted, perSecond, load));
  }

  /** What holds at first, and what after each allowance of a day that is used up. */
  private void line(String name, Flow flow, Function<Phase, String> told) {
    line(name, told.apply(flow.atFirst()));
    for (var phase : flow.phases().subList(1, flow.phases().size())) {
      line("", "after %s: %s".formatted(Figures.time(phase.from()), told.apply(phase)));
    }
  }

  private void line(String name, String text) {
    lines.add("%-12s %s".formatted(name, text));
  }

  @Override
  public String toString() {
    return String.join("\n", lines);
  }
}
