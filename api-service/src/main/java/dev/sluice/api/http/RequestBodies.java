package dev.sluice.api.http;

import dev.sluice.api.admission.Wishes;
import dev.sluice.api.responses.RequestJson;
import dev.sluice.common.error.ErrorCode;
import dev.sluice.common.error.SluiceException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Bodies of requests, bounded and read strictly. Thread-safe; blocks until the body is there. */
final class RequestBodies {
  private final int most;

  /**
   * @param most bytes of a body
   */
  RequestBodies(int most) {
    this.most = most;
  }

  /**
   * @throws SluiceException if the body is too large, or not one JSON object
   */
  ObjectNode read(HttpServletRequest request) {
    if (request.getContentLengthLong() > most) throw tooLarge();
    byte[] body;
    try {
      body = request.getInputStream().readNBytes(most + 1);
    } catch (IOException cut) {
      throw new SluiceException(ErrorCode.INVALID_JSON, "The body broke off. Send it again.");
    }
    if (body.length > most) throw tooLarge();
    return RequestJson.request(body);
  }

  /**
   * What the client asks of Sluice itself, by its headers or in its body.
   *
   * @throws SluiceException if it cannot be read
   */
  static Wishes wishes(HttpServletRequest request, ObjectNode body) {
    return Wishes.takeFrom(body)
        .withIdempotencyKey(request.getHeader("idempotency-key"))
        .withCache(cache(request.getHeader("x-sluice-cache")));
  }

  private static @Nullable Boolean cache(@Nullable String wanted) {
    if (wanted == null) return null;
    return switch (wanted.toLowerCase(Locale.ROOT)) {
      case "on" -> true;
      case "off" -> false;
      default ->
          throw new SluiceException(
              ErrorCode.INVALID_VALUE, "x-sluice-cache must be on or off.", "x-sluice-cache");
    };
  }

  /**
   * Takes a switch out of a body.
   *
   * @throws SluiceException if it is there and no boolean
   */
  static boolean flag(ObjectNode body, String field) {
    var value = body.remove(field);
    if (value == null || value.isNull()) return false;
    if (value.isBoolean()) return value.booleanValue();
    throw new SluiceException(ErrorCode.INVALID_TYPE, field + " must be true or false.", field);
  }

  private SluiceException tooLarge() {
    return new SluiceException(
        ErrorCode.REQUEST_TOO_LARGE,
        "The body has more than %,d bytes. Shorten the input.".formatted(most));
  }
}
