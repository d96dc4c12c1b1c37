package dev.sluice.api.cache;

import dev.sluice.common.id.Caller;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Which questions may have an answer in common, as configured and as clients wish. Thread-safe. */
public final class Questions {
  private final CacheProperties properties;

  Questions(CacheProperties properties) {
    this.properties = properties;
  }

  /**
   * What the question has in common with others that its answer may serve.
   *
   * @param wish of the client, where it has one
   * @param storing false if the client wants nothing of its request to be stored; who wishes for a
   *     kept answer wants it all the same
   * @return empty if the question is to be answered anew
   */
  public Optional<Question> of(
      Caller caller, ObjectNode body, @Nullable Boolean wish, boolean storing) {
    if (!isShared(body, wish)) return Optional.empty();
    boolean kept = storing || Boolean.TRUE.equals(wish);
    return Optional.of(new Question(Fingerprint.of(scopeOf(caller), body), kept));
  }

  private boolean isShared(ObjectNode body, @Nullable Boolean wish) {
    return switch (properties.mode()) {
      case OFF -> false;
      case OPT_IN -> wish != null && wish;
      case DETERMINISTIC -> wish != null ? wish : isDeterministic(body);
      case ALL -> wish == null || wish;
    };
  }

  private static boolean isDeterministic(ObjectNode body) {
    if (!body.path("temperature").isNumber()
        || body.path("temperature").decimalValue().signum() != 0) return false;
    // What a hosted tool finds changes with the day
    return body.path("tools")
        .valueStream()
        .allMatch(tool -> tool.path("type").asString("").equals("function"));
  }

  private String scopeOf(Caller caller) {
    var scope = properties.scope();
    var whose =
        switch (scope) {
          case USER -> caller.user();
          case TEAM -> caller.team();
          case GLOBAL -> "";
        };
    return scope.name().toLowerCase(Locale.ROOT) + ":" + whose;
  }
}
