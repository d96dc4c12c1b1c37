package dev.sluice.localstack.plan;

import dev.sluice.common.budget.Plan.Flow;
import dev.sluice.common.budget.Plan.NeverFits;
import dev.sluice.common.budget.Plan.Phase;
import dev.sluice.common.budget.Plan.Share;
import dev.sluice.common.budget.Plan.Waiting.Growing;
import dev.sluice.common.budget.Plan.Waiting.Steady;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer as tools read it: figures with their unit in the name. */
final class PlanJson {

  private static final MathContext SIX_DIGITS = new MathContext(6);

  private PlanJson() {}

  static Map<String, @Nullable Object> of(PlanAnswer answer) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("model", answer.question().model());
    json.put("tier", answer.tier());
    json.put("utilisation", answer.utilisation());
    json.put("demand", demand(answer.question()));
    switch (answer.plan()) {
      case Flow flow -> {
        json.put("fits", true);
        json.put("carries_all", flow.carriesAll());
        json.put("limiting_factor", flow.tightest().bandwidth());
        json.put("limits", flow.shares().stream().map(PlanJson::limit).toList());
        json.put("phases", flow.phases().stream().map(PlanJson::phase).toList());
      }
      case NeverFits never -> {
        json.put("fits", false);
        json.put("carries_all", false);
        json.put("limiting_factor", never.bandwidth());
      }
    }
    json.put("advice", answer.advice());
    return json;
  }

  private static Map<String, @Nullable Object> demand(PlanQuestion question) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("requests_per_s", rounded(question.perSecond()));
    json.put("input_tokens", question.inputTokens());
    json.put("output_tokens", question.outputTokens());
    json.put(
        "max_output_tokens", question.maxOutputTokens() == 0 ? null : question.maxOutputTokens());
    json.put("charged_tokens", question.demand().chargedTokens());
    json.put("latency_ms", question.latency().toMillis());
    return json;
  }

  private static Map<String, @Nullable Object> limit(Share share) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("bandwidth", share.bandwidth());
    json.put("limit", share.limit());
    json.put("usable", share.usable());
    json.put("period_s", share.bandwidth().period().toSeconds());
    json.put("requests_per_s", rounded(share.perSecond()));
    json.put("load", rounded(share.load()));
    return json;
  }

  private static Map<String, @Nullable Object> phase(Phase phase) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("from_s", phase.from().toMillis() / 1e3);
    json.put("limiting_factor", phase.binding());
    json.put("capacity_per_s", rounded(phase.capacity()));
    json.put("throughput_per_s", rounded(phase.throughput()));
    json.put("throughput_per_min", rounded(phase.throughput() * 60));
    switch (phase.waiting()) {
      case Steady(var mean) -> {
        json.put("saturated", false);
        json.put("mean_wait_ms", mean.toMillis());
        json.put("wait_growth_s_per_min", 0);
        json.put("backlog_per_min", 0);
      }
      case Growing(var perMinute, double backlog) -> {
        json.put("saturated", true);
        json.put("mean_wait_ms", null);
        json.put("wait_growth_s_per_min", perMinute.toMillis() / 1e3);
        json.put("backlog_per_min", rounded(backlog));
      }
    }
    json.put("calls_at_once", rounded(phase.callsAtOnce()));
    json.put("concurrency", phase.concurrency());
    return json;
  }

  private static double rounded(double value) {
    return new BigDecimal(value).round(SIX_DIGITS).doubleValue();
  }
}
