package dev.sluice.simulator;

import dev.sluice.simulator.audit.AuditEntry;
import dev.sluice.simulator.fault.Fault;
import dev.sluice.simulator.fault.FaultKind;
import dev.sluice.simulator.limit.LimitSettings;
import dev.sluice.simulator.limit.LimiterKind;
import dev.sluice.simulator.limit.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The control API's documents. What is wrong in one is an IllegalArgumentException. */
final class ControlJson {
  private static final long HANG_MS = 600_000;
  private static final long SLOW_FIRST_TOKEN_MS = 5_000;
  private static final long RETRY_AFTER_MS = 1_000;

  private static final Set<String> FAULT_KEYS =
      Set.of(
          "kind",
          "times",
          "model",
          "match",
          "at_token",
          "retry_after_ms",
          "ms",
          "after_headers",
          "status",
          "code");

  private ControlJson() {}

  static List<Fault> faults(JsonNode document) {
    if (!document.path("faults").isArray()) {
      throw new IllegalArgumentException("send {\"faults\": [...]}");
    }
    var faults = new ArrayList<Fault>();
    for (var fault : document.path("faults")) {
      faults.add(fault(fault));
    }
    return faults;
  }

  static ObjectNode document(List<Fault> faults) {
    var document = JsonMapper.shared().createObjectNode();
    var array = document.putArray("faults");
    for (var fault : faults) {
      array
          .addObject()
          .put("kind", fault.kind().toString())
          .put("times", fault.times())
          .put("model", fault.model())
          .put("match", fault.match())
          .put("at_token", fault.atToken())
          .put("retry_after_ms", fault.retryAfterMs())
          .put("ms", fault.delayMs())
          .put("after_headers", fault.afterHeaders())
          .put("status", fault.status() == 0 ? null : Integer.valueOf(fault.status()))
          .put("code", fault.code());
    }
    return document;
  }

  static Latency latency(JsonNode document, Latency before) {
    refuseOthers(document, Set.of("first_token_ms", "between_tokens_ms", "jitter_ms"));
    return new Latency(
        whole(document, "first_token_ms", before.firstTokenMs()),
        whole(document, "between_tokens_ms", before.betweenTokensMs()),
        whole(document, "jitter_ms", before.jitterMs()));
  }

  static ObjectNode document(Latency latency) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("first_token_ms", latency.firstTokenMs())
        .put("between_tokens_ms", latency.betweenTokensMs())
        .put("jitter_ms", latency.jitterMs());
  }

  static LimitSettings settings(JsonNode document, LimitSettings before) {
    return new LimitSettings(
        LimiterKind.of(text(document, "limiter", before.kind().toString())),
        Math.toIntExact(whole(document, "time_compression", before.timeCompression())),
        flag(document, "refund", before.refund()),
        flag(document, "count_unsuccessful", before.countUnsuccessful()));
  }

  /** A pool's limits; what is not named stays, null lifts a limit. */
  static Limits limits(JsonNode document, Limits before) {
    refuseOthers(document, Set.of("rpm", "tpm", "rpd"));
    return new Limits(
        whole(document, "rpm", before.rpm()),
        whole(document, "tpm", before.tpm()),
        whole(document, "rpd", before.rpd()));
  }

  static ObjectNode document(LimitSettings settings, Map<String, Limits> pools) {
    var document = JsonMapper.shared().createObjectNode();
    document
        .put("limiter", settings.kind().toString())
        .put("time_compression", settings.timeCompression())
        .put("refund", settings.refund())
        .put("count_unsuccessful", settings.countUnsuccessful());
    pools.forEach((pool, limits) ->
        document
            .putObject(pool)
            .put("rpm", orNull(limits.rpm()))
            .put("tpm", orNull(limits.tpm()))
            .put("rpd", orNull(limits.rpd())));
    return document;
  }

  static String line(AuditEntry entry) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("received_at", entry.receivedAt().toString())
        .put("endpoint", entry.endpoint())
        .put("model", entry.model())
        .put("client_request_id", entry.clientRequestId())
        .put("outcome", entry.outcome().toString())
        .put("status", entry.status() == 0 ? null : Integer.valueOf(entry.status()))
        .put("error_code", entry.errorCode())
        .put("input_tokens", entry.inputTokens())
        .put("cached_tokens", entry.cachedTokens())
        .put("output_tokens", entry.outputTokens())
        .put("service_tier", entry.serviceTier())
        .put("charged_tokens", entry.chargedTokens())
        .toString();
  }

  private static Fault fault(JsonNode json) {
    refuseOthers(json, FAULT_KEYS);
    var kind = FaultKind.of(text(json, "kind", ""));
    var usualMs =
        switch (kind) {
          case HANG -> HANG_MS;
          case SLOW_FIRST_TOKEN -> SLOW_FIRST_TOKEN_MS;
          default -> 0L;
        };
    var usualRetry = kind == FaultKind.RATE_LIMIT || kind == FaultKind.SLOW_DOWN;
    return new Fault(
        kind,
        Math.toIntExact(whole(json, "times", 1)),
        optionalText(json, "model"),
        optionalText(json, "match"),
        Math.toIntExact(whole(json, "at_token", 0)),
        whole(json, "retry_after_ms", usualRetry ? RETRY_AFTER_MS : 0),
        whole(json, "ms", usualMs),
        flag(json, "after_headers", false),
        Math.toIntExact(whole(json, "status", 0)),
        optionalText(json, "code"));
  }

  /** A mistyped key would silently change nothing, and a test would then prove nothing. */
  private static void refuseOthers(JsonNode document, Set<String> known) {
    if (!document.isObject()) {
      throw new IllegalArgumentException("send an object with any of " + known);
    }
    for (var name : document.propertyNames()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException("unknown key " + name + ", send any of " + known);
      }
    }
  }

  private static long whole(JsonNode json, String name, long usual) {
    var value = json.get(name);
    if (value == null) {
      return usual;
    }
    if (value.isNull()) {
      return 0;
    }
    if (!value.canConvertToLong() || !value.isIntegralNumber()) {
      throw new IllegalArgumentException("set " + name + " to a whole number");
    }
    return value.asLong();
  }

  private static boolean flag(JsonNode json, String name, boolean usual) {
    var value = json.get(name);
    if (value == null || value.isNull()) {
      return usual;
    }
    if (!value.isBoolean()) {
      throw new IllegalArgumentException("set " + name + " to true or false");
    }
    return value.asBoolean();
  }

  private static String text(JsonNode json, String name, String usual) {
    var value = optionalText(json, name);
    return value == null ? usual : value;
  }

  private static @Nullable String optionalText(JsonNode json, String name) {
    var value = json.get(name);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      throw new IllegalArgumentException("set " + name + " to a string");
    }
    return value.asString();
  }

  private static @Nullable Long orNull(long limit) {
    return limit == 0 ? null : limit;
  }
}
