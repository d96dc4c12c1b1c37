package dev.sluice.api.admission;

import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import dev.sluice.common.topic.Priority;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a client may ask of Sluice itself, beside what it asks of the model: the field {@code
 * sluice} of a request body, which the provider never sees, and what {@code store} says.
 *
 * @param idempotencyKey requests with the same key are one request
 * @param cache whether the answer may be one that is kept, and may be kept; null: as configured
 * @param maxWait how long the request may wait for its turn at the most
 * @param progress whether the client wants to be told its place in the queue
 * @param priority {@code BACKGROUND} where nobody waits for the answer
 * @param storing false where the request says {@code store: false}
 */
public record Wishes(
    @Nullable String idempotencyKey,
    @Nullable Boolean cache,
    @Nullable Duration maxWait,
    boolean progress,
    Priority priority,
    boolean storing) {
  public static final Wishes NONE = new Wishes(null, null, null, false, Priority.INTERACTIVE, true);

  private static final String FIELD = "sluice";
  private static final int LONGEST_KEY = 256;

  /**
   * Takes the wishes out of a body.
   *
   * @throws SluiceException if they cannot be read
   */
  public static Wishes takeFrom(ObjectNode body) {
    boolean storing = body.path("store").asBoolean(true);
    var field = body.remove(FIELD);
    if (field == null || field.isNull()) return NONE.withStoring(storing);
    if (!field.isObject()) throw wrong(FIELD, "an object");
    return new Wishes(
        key(field.path("idempotency_key")),
        flag(field, "cache"),
        maxWait(field.path("max_wait_ms")),
        Boolean.TRUE.equals(flag(field, "progress")),
        Priority.INTERACTIVE,
        storing);
  }

  /** The same, but for what a header says. */
  public Wishes withIdempotencyKey(@Nullable String key) {
    return key == null
        ? this
        : new Wishes(checked(key), cache, maxWait, progress, priority, storing);
  }

  public Wishes withCache(@Nullable Boolean wanted) {
    return wanted == null
        ? this
        : new Wishes(idempotencyKey, wanted, maxWait, progress, priority, storing);
  }

  public Wishes withPriority(Priority other) {
    return new Wishes(idempotencyKey, cache, maxWait, progress, other, storing);
  }

  Wishes withStoring(boolean wanted) {
    return new Wishes(idempotencyKey, cache, maxWait, progress, priority, wanted);
  }

  private static @Nullable String key(JsonNode key) {
    if (key.isMissingNode() || key.isNull()) return null;
    if (!key.isString()) throw wrong("sluice.idempotency_key", "a string");
    return checked(key.asString());
  }

  private static String checked(String key) {
    if (key.isBlank() || key.length() > LONGEST_KEY)
      throw new SluiceException(
          ErrorCode.INVALID_VALUE,
          "An idempotency key has 1 to %d characters.".formatted(LONGEST_KEY),
          "sluice.idempotency_key");
    return key;
  }

  private static @Nullable Boolean flag(JsonNode wishes, String name) {
    var flag = wishes.path(name);
    if (flag.isMissingNode() || flag.isNull()) return null;
    if (!flag.isBoolean()) throw wrong(FIELD + "." + name, "true or false");
    return flag.asBoolean();
  }

  private static @Nullable Duration maxWait(JsonNode millis) {
    if (millis.isMissingNode() || millis.isNull()) return null;
    if (!millis.isIntegralNumber() || !millis.canConvertToInt() || millis.intValue() < 0)
      throw wrong("sluice.max_wait_ms", "a whole number of milliseconds");
    return Duration.ofMillis(millis.intValue());
  }

  private static SluiceException wrong(String field, String expected) {
    return new SluiceException(
        ErrorCode.INVALID_TYPE, "%s must be %s.".formatted(field, expected), field);
  }
}
