package dev.sluice.common.message;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one codec of the topics: JSON with {@code version} and {@code kind}. A field that this build
 * does not know survives a round trip, so an older service may pass on what a newer one wrote; a
 * version that it does not know is refused. Thread-safe.
 */
public final class MessageCodec {
  /** Raised only when an old reader would misunderstand a new message. */
  static final int VERSION = 1;

  private static final String VERSION_FIELD = "version";

  private final JsonMapper mapper =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

  /** The message as UTF-8 JSON. */
  public byte[] encode(Message message) {
    ObjectNode tree = mapper.valueToTree(message);
    tree.put(VERSION_FIELD, VERSION);
    return mapper.writeValueAsBytes(tree);
  }

  /**
   * The message in {@code bytes}, which must be of type {@code expected}.
   *
   * @throws MalformedMessageException if it is not JSON, of another version or of another kind
   */
  public <M extends Message> M decode(byte[] bytes, Class<M> expected) {
    try {
      var tree = mapper.readTree(bytes);
      if (!(tree instanceof ObjectNode object))
        throw new MalformedMessageException("not an object");
      JsonNode version = object.remove(VERSION_FIELD);
      if (version == null || !version.isInt() || version.intValue() != VERSION)
        throw new MalformedMessageException(
            "version %s, this build reads version %d".formatted(version, VERSION));
      var message = mapper.treeToValue(object, Message.class);
      if (!expected.isInstance(message))
        throw new MalformedMessageException(
            "a %s where a %s was expected"
                .formatted(object.path("kind").asString(), expected.getSimpleName()));
      return expected.cast(message);
    } catch (JacksonException broken) {
      throw new MalformedMessageException(broken.getOriginalMessage());
    }
  }
}
