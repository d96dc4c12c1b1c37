package dev.sluice.common.trim;

import dev.sluice.common.token.Size;
import dev.sluice.common.token.TokenCounter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The body of a request, counted once item by item. Whoever reads it decides how long it may be;
 * the body itself is never changed. Not thread-safe.
 */
public final class Conversation {
  private static final JsonMapper JSON = new JsonMapper();

  private final ObjectNode body;
  private final TokenCounter counter;
  private final List<Size> sizes = new ArrayList<>(); // of the items, in their order
  private final Size whole;

  private Conversation(ObjectNode body, TokenCounter counter) {
    this.body = body;
    this.counter = counter;
    var sum = counter.frame(model(), body);
    var input = body.path("input");
    if (input.isString()) sizes.add(counter.item(model(), input));
    else for (var item : input) sizes.add(counter.item(model(), item));
    for (var size : sizes) sum = sum.plus(size);
    this.whole = sum;
  }

  /** Counts {@code body}, which takes about a microsecond a token. */
  public static Conversation of(ObjectNode body, TokenCounter counter) {
    return new Conversation(body, counter);
  }

  /** All of it. */
  public TokenCounter.Count count() {
    return counter.count(whole, body);
  }

  /** The model that is asked. */
  String model() {
    return body.path("model").asString("");
  }

  /** A field of the body; a missing node without it. */
  JsonNode field(String name) {
    return body.path(name);
  }

  /** As it is, if it is no longer than {@code most} input tokens. */
  Trimming whole(long most, long mostBytes) {
    if (whole.tokens() > most) return new Trimming.TooLong(whole.tokens(), most, false);
    long bytes = bytes(mostBytes);
    if (bytes > mostBytes) return new Trimming.TooLarge(bytes, mostBytes, false);
    return new Trimming.Fits(body, count(), Dropped.NOTHING);
  }

  /** Without its oldest turns, as many as it takes. */
  Trimming trim(Limits limits) {
    var gone = new BitSet();
    var left = whole;
    long bytes = bytes(limits.bytes());
    boolean isLong = !limits.areReachedBy(left);
    boolean isLarge = bytes > limits.bytes();
    if (isLong || isLarge) {
      long least = isLong ? Limits.NONE : 0; // tokens that must go, once it is known
      for (var turn : droppable()) {
        for (int item : turn) {
          gone.set(item);
          left = left.minus(sizes.get(item));
          if (isLarge) bytes -= bytes(body.path("input").get(item)) + 1; // and a comma
        }
        long dropped = whole.minus(left).tokens();
        if (least == Limits.NONE && limits.areReachedBy(left))
          least = Math.ceilDiv(dropped, limits.step()) * limits.step();
        if (dropped >= least && (!isLarge || bytes <= limits.wantedBytes())) break;
      }
    }
    if (left.tokens() > limits.most())
      return new Trimming.TooLong(left.tokens(), limits.most(), true);
    if (bytes > limits.bytes()) return new Trimming.TooLarge(bytes, limits.bytes(), true);
    var rest = gone.isEmpty() ? body : without(gone);
    return new Trimming.Fits(
        rest,
        counter.count(left, rest),
        new Dropped(gone.cardinality(), whole.minus(left).tokens()));
  }

  /** Measured only where somebody wants to know. */
  private long bytes(long limit) {
    return limit == Limits.NONE ? 0 : bytes(body);
  }

  private static long bytes(JsonNode node) {
    return JSON.writeValueAsBytes(node).length;
  }

  private List<List<Integer>> droppable() {
    var input = body.path("input");
    return input.isArray() ? new Turns(input).droppable() : List.of();
  }

  private ObjectNode without(BitSet gone) {
    var input = body.path("input");
    var rest = body.arrayNode();
    for (int item = 0; item < input.size(); item++) if (!gone.get(item)) rest.add(input.get(item));
    var copy = body.objectNode();
    copy.setAll(body);
    copy.set("input", rest); // in the place that it had
    return copy;
  }
}
