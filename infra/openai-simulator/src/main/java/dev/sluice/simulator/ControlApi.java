package dev.sluice.simulator;

import dev.sluice.simulator.limit.Limits;
import dev.sluice.simulator.wire.ApiError;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a test or an operator sets and reads: faults, limits, latency, audit. Needs no key. */
final class ControlApi {
  private static final Set<String> LIMIT_SETTINGS =
      Set.of("limiter", "time_compression", "refund", "count_unsuccessful", "tier");

  private final Provider provider;

  ControlApi(Provider provider) {
    this.provider = provider;
  }

  /** Whether the path is the control API's; then it has been answered. */
  boolean handle(Call call) throws IOException {
    switch (call.path()) {
      case "/health" -> call.json("{\"status\":\"ok\"}");
      case "/audit/requests" -> audit(call);
      case "/simulator/faults", "/simulator/limits", "/simulator/latency" -> setting(call);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Applies a document of the control API. */
  void set(String path, byte[] body) {
    var document = parse(body);
    switch (path) {
      case "/simulator/faults" -> provider.faults().replace(ControlJson.faults(document));
      case "/simulator/limits" -> setLimits(document);
      case "/simulator/latency" ->
          provider.latency().updateAndGet(before -> ControlJson.latency(document, before));
      default -> throw new IllegalArgumentException("no such setting: " + path);
    }
  }

  String auditLines() {
    var lines = new StringBuilder();
    provider.audit().entries().forEach(entry -> lines.append(ControlJson.line(entry)).append('\n'));
    return lines.toString();
  }

  private void audit(Call call) throws IOException {
    switch (call.method()) {
      case "GET" -> call.reply(200, "application/x-ndjson", auditLines());
      case "DELETE" -> {
        provider.audit().clear();
        call.json("{}");
      }
      default -> wrongMethod(call);
    }
  }

  private void setting(Call call) throws IOException {
    switch (call.method()) {
      case "GET" -> call.json(current(call.path()));
      case "PUT" -> {
        try {
          set(call.path(), call.body());
        } catch (IllegalArgumentException | ArithmeticException wrong) {
          call.reply(problem(400, String.valueOf(wrong.getMessage())));
          return;
        }
        call.json(current(call.path()));
      }
      default -> wrongMethod(call);
    }
  }

  private String current(String path) {
    var document =
        switch (path) {
          case "/simulator/faults" -> ControlJson.document(provider.faults().left());
          case "/simulator/limits" ->
              ControlJson.document(provider.limits().settings(), provider.limits().limits());
          default -> ControlJson.document(provider.latency().get());
        };
    return document.toString();
  }

  private void setLimits(JsonNode document) {
    if (!document.isObject()) {
      throw new IllegalArgumentException("send an object of settings and models");
    }
    var limits = provider.limits();
    var settings = ControlJson.settings(document, limits.settings());
    var tier = document.path("tier").asString("");
    var pools = new LinkedHashMap<>(tier.isEmpty() ? limits.limits() : limits.tier(tier));
    for (var property : document.properties()) {
      var pool = property.getKey();
      if (!LIMIT_SETTINGS.contains(pool)) {
        var before = pools.getOrDefault(pool, new Limits(0, 0, 0));
        pools.put(pool, ControlJson.limits(property.getValue(), before));
      }
    }
    limits.change(settings, pools, provider.ticker().now());
  }

  private static JsonNode parse(byte[] body) {
    try {
      return JsonMapper.shared().readTree(body);
    } catch (JacksonException notJson) {
      throw new IllegalArgumentException("send a JSON document", notJson);
    }
  }

  private static void wrongMethod(Call call) throws IOException {
    call.body();
    call.reply(problem(405, "not allowed: " + call.method() + " " + call.path()));
  }

  private static ApiError problem(int status, String message) {
    return ApiError.invalidRequest(status, null, message, null);
  }
}
