package dev.sluice.simulator.billing;

import dev.sluice.simulator.audit.AuditEntry;
import dev.sluice.simulator.billing.BucketQuery.Bucket;
import java.math.BigDecimal;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Pages of the Usage and Costs APIs. A request is billed once its model was reached, that is, once
 * it was answered 200: for all of its input, and for what was streamed, whoever ended it.
 */
public final class Invoice {
  private static final int ANSWERED = 200;

  private final List<AuditEntry> billed;
  private final PriceTable prices;

  public Invoice(List<AuditEntry> audit, PriceTable prices) {
    this.billed = audit.stream().filter(entry -> entry.status() == ANSWERED).toList();
    this.prices = prices;
  }

  /** Tokens and requests: a page of {@code organization.usage.completions.result}. */
  public ObjectNode usage(BucketQuery query) {
    return page(query, (results, entries) -> usage(results, entries, query));
  }

  /** Money: a page of {@code organization.costs.result}. */
  public ObjectNode costs(BucketQuery query) {
    return page(query, (results, entries) -> costs(results, entries, query));
  }

  private interface Results {
    void add(ArrayNode results, List<AuditEntry> entries);
  }

  private ObjectNode page(BucketQuery query, Results results) {
    var page = JsonMapper.shared().createObjectNode().put("object", "page");
    var data = page.putArray("data");
    var buckets = query.buckets();
    for (var bucket : buckets) {
      var json =
          data.addObject()
              .put("object", "bucket")
              .put("start_time", bucket.start())
              .put("end_time", bucket.end());
      results.add(json.putArray("results"), entries(query, bucket));
    }
    var next = query.next(buckets);
    return page.put("has_more", next != null).put("next_page", next);
  }

  private List<AuditEntry> entries(BucketQuery query, Bucket bucket) {
    return billed.stream()
        .filter(entry -> {
          var at = entry.receivedAt().getEpochSecond();
          return at >= bucket.start() && at < bucket.end();
        })
        .filter(entry -> query.models().isEmpty() || query.models().contains(modelOf(entry)))
        .toList();
  }

  private static void usage(ArrayNode results, List<AuditEntry> entries, BucketQuery query) {
    record Group(@Nullable String model, @Nullable String tier) {
      String key() {
        return model + "/" + tier;
      }
    }
    var groups = new TreeMap<String, ObjectNode>();
    for (var entry : entries) {
      var group =
          new Group(
              query.groupBy().contains("model") ? modelOf(entry) : null,
              query.groupBy().contains("service_tier") ? tierOf(entry) : null);
      var result =
          groups.computeIfAbsent(group.key(), _ -> emptyUsage(group.model(), group.tier()));
      add(result, "input_tokens", entry.inputTokens());
      add(result, "input_cached_tokens", entry.cachedTokens());
      add(result, "output_tokens", entry.outputTokens());
      add(result, "num_model_requests", 1);
    }
    groups.values().forEach(results::add);
  }

  private static ObjectNode emptyUsage(@Nullable String model, @Nullable String tier) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("object", "organization.usage.completions.result")
        .put("input_tokens", 0)
        .put("output_tokens", 0)
        .put("input_cached_tokens", 0)
        .put("input_audio_tokens", 0)
        .put("output_audio_tokens", 0)
        .put("num_model_requests", 0)
        .putNull("project_id")
        .putNull("user_id")
        .putNull("api_key_id")
        .put("model", model)
        .putNull("batch")
        .put("service_tier", tier);
  }

  private static void add(ObjectNode result, String name, long count) {
    result.put(name, result.path(name).asLong() + count);
  }

  private void costs(ArrayNode results, List<AuditEntry> entries, BucketQuery query) {
    var byLineItem = query.groupBy().contains("line_item");
    var sums = new TreeMap<String, BigDecimal>();
    for (var entry : entries) {
      for (var meter : Meter.values()) {
        var cost = prices.cost(modelOf(entry), tierOf(entry), meter, tokens(entry, meter));
        var line = byLineItem ? meter.lineItem(modelOf(entry)) : "";
        if (cost.signum() != 0) {
          sums.merge(line, cost, BigDecimal::add);
        }
      }
    }
    sums.forEach((line, amount) -> {
      var result = results.addObject().put("object", "organization.costs.result");
      result.putObject("amount").put("value", amount).put("currency", "usd");
      result.put("line_item", byLineItem ? line : null).putNull("project_id");
    });
  }

  private static long tokens(AuditEntry entry, Meter meter) {
    return switch (meter) {
      case INPUT -> entry.inputTokens() - entry.cachedTokens();
      case CACHED_INPUT -> entry.cachedTokens();
      case OUTPUT -> entry.outputTokens();
    };
  }

  private static String modelOf(AuditEntry entry) {
    return entry.model() == null ? "" : entry.model();
  }

  private static String tierOf(AuditEntry entry) {
    return entry.serviceTier() == null ? "default" : entry.serviceTier();
  }
}
