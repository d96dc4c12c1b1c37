package dev.sluice.api.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.api.settings.Settings;
import dev.sluice.common.budget.BudgetProperties;
import dev.sluice.common.budget.Tier;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.id.Caller;
import dev.sluice.common.id.ResponseIds;
import dev.sluice.common.message.RequestEnvelope;
import dev.sluice.common.token.TokenCounter;
import dev.sluice.common.topic.Lane;
import dev.sluice.common.topic.Priority;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whether a request may be queued. Read this first: its steps stand here in order, each refusing
 * with an error of its own. Thread-safe; nothing blocks.
 */
public final class Admission {
  private final Shape shape;
  private final BudgetProperties budget;
  private final Settings settings;
  private final TokenCounter tokens;
  private final ResponseIds ids;
  private final ReplyAddress address;
  private final InstantSource clock;
  private final Duration deadline;
  private final JsonMapper json;

  Admission(
      AdmissionProperties properties,
      BudgetProperties budget,
      Settings settings,
      ResponseIds ids,
      ReplyAddress address,
      InstantSource clock,
      JsonMapper json) {
    this.shape = new Shape(properties.maxBodyBytes());
    this.budget = budget;
    this.settings = settings;
    this.tokens = new TokenCounter();
    this.ids = ids;
    this.address = address;
    this.clock = clock;
    this.deadline = properties.deadline();
    this.json = json;
  }

  /**
   * Admits the body of a request.
   *
   * @throws SluiceException if it is refused
   */
  public Admitted admit(Caller caller, ObjectNode body) {
    var text = json.writeValueAsString(body);
    shape.check(body, text.getBytes(UTF_8).length);
    var model = body.path("model").asString();
    if (!budget.knows(model)) throw unknown(model);
    var count = tokens.count(model, body);
    var pool = budget.poolOf(model, count.input(), caller.team()).orElseThrow(() -> unknown(model));
    refuseImpossible(count.charge(), settings.limits(pool));
    return new Admitted(
        new Lane(pool.name(), Priority.INTERACTIVE), envelope(caller, model, body, text, count));
  }

  private static SluiceException unknown(String model) {
    return new SluiceException(
        ErrorCode.MODEL_NOT_FOUND,
        "The model '%s' does not exist here or has no budget. See GET /v1/models."
            .formatted(abbreviated(model)),
        "model");
  }

  private static void refuseImpossible(long charge, Tier limits) {
    long limit = limits.mostTokens();
    if (charge > limit)
      throw new SluiceException(
          ErrorCode.TOKENS_EXCEED_LIMIT,
          "The request needs %,d tokens; its model's limit grants %,d in a minute. Shorten the input or lower max_output_tokens."
              .formatted(charge, limit),
          "input");
  }

  private RequestEnvelope envelope(
      Caller caller, String model, ObjectNode body, String text, TokenCounter.Count count) {
    var now = clock.instant();
    var id = ids.mint(caller.user(), address.partition(), address.offsetBound());
    return new RequestEnvelope(
        id.value(),
        caller.user(),
        caller.team(),
        tags(body),
        model,
        Priority.INTERACTIVE,
        now,
        now.plus(deadline),
        count.input(),
        count.charge(),
        id.homePartition(),
        id.offsetBound(),
        text,
        Map.of());
  }

  private static Map<String, String> tags(ObjectNode body) {
    var tags = new HashMap<String, String>();
    body.path("metadata")
        .properties()
        .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asString()));
    return tags;
  }

  private static String abbreviated(String model) {
    return model.length() <= 64 ? model : model.substring(0, 64) + "…";
  }
}
