package dev.sluice.benchmarks.trim;

import dev.sluice.common.token.Size;
import dev.sluice.common.token.TokenCounter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The input of one chat's requests, in their order, at gpt-4o-mini's standard price. Not
 * thread-safe.
 */
final class Bill {
  // USD per 1M tokens, as the provider's pricing page and the rate cards of the ledger have it.
  private static final BigDecimal INPUT = new BigDecimal("0.15");
  private static final BigDecimal CACHED_INPUT = new BigDecimal("0.075");

  // OpenAI's guide "Prompt caching": what a request shares with the start of an earlier one, from
  // 1,024 tokens on in steps of 128.
  private static final long LEAST_CACHED = 1_024;
  private static final long STEP = 128;

  private final TokenCounter counter;
  private final String model;
  private final List<JsonNode> before = new ArrayList<>(); // the input of the last request
  private long tokens;
  private long cachedTokens;
  private long last;

  Bill(TokenCounter counter, String model) {
    this.counter = counter;
    this.model = model;
  }

  void add(ObjectNode body) {
    last = counter.count(model, body).input();
    tokens += last;
    long shared = shared(body);
    if (shared >= LEAST_CACHED) cachedTokens += shared / STEP * STEP;
    before.clear();
    body.path("input").forEach(before::add);
  }

  private long shared(ObjectNode body) {
    var input = body.path("input");
    Size shared = counter.frame(model, body);
    for (int i = 0; i < Math.min(before.size(), input.size()); i++) {
      if (!input.get(i).equals(before.get(i))) break;
      shared = shared.plus(counter.item(model, input.get(i)));
    }
    return before.isEmpty() ? 0 : shared.tokens();
  }

  /** Input tokens of all requests. */
  long tokens() {
    return tokens;
  }

  /** Input tokens of the last request. */
  long lastTokens() {
    return last;
  }

  /** USD, if the provider's cache never helps. */
  BigDecimal cost() {
    return cost(tokens, 0);
  }

  /** USD, if the provider's cache always helps as far as it can. */
  BigDecimal costWithCache() {
    return cost(tokens - cachedTokens, cachedTokens);
  }

  private static BigDecimal cost(long fresh, long cached) {
    return INPUT
        .multiply(BigDecimal.valueOf(fresh))
        .add(CACHED_INPUT.multiply(BigDecimal.valueOf(cached)))
        .movePointLeft(6)
        .setScale(6, RoundingMode.HALF_EVEN);
  }
}
